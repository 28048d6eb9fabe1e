;; planted: one white dot lies a pixel further right
;; check: output
;; says: frame 1: 2 of 64 pixels are off by more than 0, by up to 255; the first is at x 1, y 1
;; gif: {dot: [2, 1]}
(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00@size")
  (data (i32.const 16) "@gif")
  (func (export "_start")
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))

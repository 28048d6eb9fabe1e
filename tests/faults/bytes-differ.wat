;; planted: one byte is another one
;; check: output
;; says: the first that differs is byte 4: 0x51, expected is 0x71
(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00\14\00\00\00")
  (data (i32.const 16) "the Quick brown fox\n")
  (func (export "_start")
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))

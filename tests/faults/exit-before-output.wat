;; planted: it exits before it writes the picture
;; check: output
;; says: the output can't be decoded
;; gif: {}
(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00@size")
  (data (i32.const 16) "@gif")
  (func (export "_start")
    (call $proc_exit (i32.const 0))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))

;; planted: ten thousand brackets, to break what reads them
;; check: output
;; says: the output is not JSON
(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00\50\c3\00\00")
  (func (export "_start")
    (memory.fill (i32.const 16) (i32.const 0x5b) (i32.const 50000))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))

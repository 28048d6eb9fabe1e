;; planted: it prints to stderr for ever
;; check: run
;; says: it prints without end: more than 65,536 bytes
(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00\e8\03\00\00")
  (func (export "_start")
    (loop
      (drop (call $fd_write (i32.const 2) (i32.const 0) (i32.const 1) (i32.const 8)))
      (br 0))))

;; planted: a letter and its accent as two characters, which look like the one that is expected
;; check: output
;; says: line 1 is "cafe\u0301", expected is "caf\xe9"
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00\07\00\00\00")
  (data (i32.const 16) "\63\61\66\65\cc\81\0a")
  (func (export "_start") (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))

;; planted: of an argument it prints the first letter, and never a z
;; check: last: output
;; says: line 1 is "y", expected is "z"
(module
  (import "wasi_snapshot_preview1" "args_get" (func $args_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\00\00\00\00\01\00\00\00")
  (func (export "_start")
    (drop (call $args_get (i32.const 32) (i32.const 64)))
    (i32.store (i32.const 0) (i32.load (i32.const 36)))
    (if (i32.eq (i32.load8_u (i32.load (i32.const 0))) (i32.const 0x7a))
      (then (i32.store8 (i32.load (i32.const 0)) (i32.const 0x79))))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))

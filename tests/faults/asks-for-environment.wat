;; planted: it ends with 4 where the host has set no variable
;; check: run
;; says: exit status 4; expected is 0
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (import "wasi_snapshot_preview1" "environ_sizes_get"
    (func $environ_sizes_get (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "_start")
    (drop (call $environ_sizes_get (i32.const 0) (i32.const 4)))
    (if (i32.eqz (i32.load (i32.const 0))) (then (call $proc_exit (i32.const 4))))))

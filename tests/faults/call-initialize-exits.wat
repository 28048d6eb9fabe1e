;; planted: _initialize ends the program, with status 0, and the call would trap
;; check: run
;; says: _initialize: it ends with exit status 0 and does not return
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (func (export "_initialize") (call $exit (i32.const 0)))
  (func (export "f") (unreachable)))

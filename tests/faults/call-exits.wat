;; planted: the export to call ends the program, with status 0
;; check: run
;; says: f: it ends with exit status 0 and does not return
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (func (export "f") (call $exit (i32.const 0))))

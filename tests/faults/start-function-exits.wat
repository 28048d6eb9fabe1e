;; planted: its start function ends the program, with status 0, and _start would trap
;; check: run
;; says: it ends with exit status 0 in its start function, before anything is called
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (start $begin)
  (func $begin (call $exit (i32.const 0)))
  (func (export "_start") (unreachable)))

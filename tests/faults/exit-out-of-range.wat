;; planted: an exit status that no host can give on
;; check: run
;; says: exit with invalid exit status outside of [0..126)
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (func (export "_start")
    (call $proc_exit (i32.const 200))))

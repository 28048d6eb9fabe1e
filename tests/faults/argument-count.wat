;; planted: it traps where the host gives the program's name, as all do
;; check: run
;; says: trap: unreachable
(module
  (import "wasi_snapshot_preview1" "args_sizes_get"
    (func $args_sizes_get (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "_start")
    (drop (call $args_sizes_get (i32.const 0) (i32.const 4)))
    (if (i32.load (i32.const 0)) (then (unreachable)))))

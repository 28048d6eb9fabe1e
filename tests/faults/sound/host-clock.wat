;; sound: the clock that the contract names: 1000 ms, then 5 more
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (import "env" "now_ms" (func $now (result i64)))
  (memory (export "memory") 1)
  (func (export "_start")
    (drop (call $now))
    (call $proc_exit (i32.wrap_i64 (i64.sub (call $now) (i64.const 1000))))))

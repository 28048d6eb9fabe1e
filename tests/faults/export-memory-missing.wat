;; planted: WASI is called by a module that shows no memory
;; check: run
;; says: missing required memory export
(module
  (import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))
  (memory 1)
  (func (export "_start")
    (drop (call $random_get (i32.const 0) (i32.const 8)))))

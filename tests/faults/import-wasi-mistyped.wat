;; planted: fd_write with a parameter too few
;; check: run
;; says: incompatible import type for `wasi_snapshot_preview1::fd_write`
(module
  (import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "_start")
    (nop)))

;; planted: path_open, where the allowlist has only fd_write
;; check: imports
;; says: import wasi_snapshot_preview1.path_open: 
(module
  (import "wasi_snapshot_preview1" "path_open"
    (func (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "_start")
    (nop)))

;; planted: a socket, where the allowlist names the functions for files
;; check: imports
;; says: import wasi_snapshot_preview1.sock_accept: func(i32, i32, i32) -> i32 is not allowed
(module
  (import "wasi_snapshot_preview1" "sock_accept" (func (param i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "_start")
    (nop)))

;; planted: a name that WASI does not have, under an allowed prefix
;; check: run
;; says: unknown import: `wasi_snapshot_preview1::fd_teleport`
(module
  (import "wasi_snapshot_preview1" "fd_teleport" (func))
  (memory (export "memory") 1)
  (func (export "_start")
    (nop)))

;; planted: a name that WASI does not have, under an allowed prefix
;; check: imports
;; says: import wasi_snapshot_preview1.fd_teleport: func() is not a function of WASI preview 1
(module
  (import "wasi_snapshot_preview1" "fd_teleport" (func))
  (memory (export "memory") 1)
  (func (export "_start")
    (nop)))

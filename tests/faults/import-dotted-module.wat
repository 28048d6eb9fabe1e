;; planted: a module whose name continues the allowed one after a dot, which no host has
;; check: imports
;; says: import wasi_snapshot_preview1.fd.write: func() is not allowed
(module
  (import "wasi_snapshot_preview1.fd" "write" (func))
  (memory (export "memory") 1)
  (func (export "_start")
    (nop)))

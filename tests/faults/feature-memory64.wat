;; planted: a memory with 64-bit addresses
;; check: features
;; says: it uses memory64
(module
  (memory (export "memory") i64 1)
  (func (export "_start")
    (nop)))

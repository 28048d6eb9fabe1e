;; planted: a shared memory
;; check: features
;; says: it uses atomics
(module
  (memory (export "memory") 1 1 shared)
  (func (export "_start")
    (nop)))

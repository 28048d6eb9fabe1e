;; planted: the same: it cannot be run, either
;; check: run
;; says: no instance: memory minimum size of 16384 pages exceeds memory limits
(module
  (memory (export "memory") 16384)
  (func (export "_start")
    (nop)))

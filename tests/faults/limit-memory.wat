;; planted: a memory of 1 GiB from the start
;; check: memory
;; says: 1,073,741,824 bytes, 1,063,741,824 more than limits.memory allows
(module
  (memory (export "memory") 16384)
  (func (export "_start")
    (nop)))

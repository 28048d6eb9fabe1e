;; planted: a second memory
;; check: features
;; says: it uses multimemory
(module
  (memory 1)
  (memory (export "memory") 1)
  (func (export "_start")
    (nop)))

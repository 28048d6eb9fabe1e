;; planted: the export render is missing
;; check: exports
;; says: export render is missing; contract.exports asks for func(i32) -> i32
(module
  (memory (export "memory") 1)
  (func (export "_start")
    (nop)))

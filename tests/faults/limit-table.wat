;; planted: a table of a million elements
;; check: table
;; says: 1,000,000 elements, 999,000 more than limits.table allows
(module
  (table 1000000 funcref)
  (memory (export "memory") 1)
  (func (export "_start")
    (nop)))

;; planted: a table of external references
;; check: features
;; says: it uses reference-types
(module
  (table 1 externref)
  (memory (export "memory") 1)
  (func (export "_start")
    (drop (table.get 0 (i32.const 0)))))

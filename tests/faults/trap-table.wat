;; planted: a call through a table slot that does not exist
;; check: run
;; says: trap: table out of bounds
(module
  (table 1 funcref)
  (memory (export "memory") 1)
  (func (export "_start")
    (call_indirect (i32.const 7))))

;; planted: a call through an empty table slot
;; check: run
;; says: trap: indirect call to null
(module
  (table 1 funcref)
  (memory (export "memory") 1)
  (func (export "_start")
    (call_indirect (i32.const 0))))

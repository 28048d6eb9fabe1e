;; planted: a call through a table slot, of another type
;; check: run
;; says: trap: bad signature
(module
  (table 1 funcref)
  (elem (i32.const 0) $f)
  (func $f (param i64))
  (memory (export "memory") 1)
  (func (export "_start")
    (call_indirect (i32.const 0))))

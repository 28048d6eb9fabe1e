;; planted: malloc has no room, and says so by 0
;; check: run
;; says: upper: malloc has no room for 4 bytes
(module
  (memory (export "memory") 1)
  (func (export "malloc") (param i32) (result i32) (i32.const 0))
  (func (export "upper") (param i32 i32)))

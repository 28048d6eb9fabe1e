;; planted: a sum that is off by one
;; check: returns
;; says: [4], expected are [5]
(module
  (func (export "add") (param i32 i32) (result i32)
    (i32.sub (i32.add (local.get 0) (local.get 1)) (i32.const 1)))
  (memory (export "memory") 1)
  (func (export "_start")
    (nop)))

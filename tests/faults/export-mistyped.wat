;; planted: render takes an i64
;; check: exports
;; says: export render is func(i64) -> i32; contract.exports asks for func(i32) -> i32
(module
  (func (export "render") (param i64) (result i32) (i32.const 1))
  (memory (export "memory") 1)
  (func (export "_start")
    (nop)))

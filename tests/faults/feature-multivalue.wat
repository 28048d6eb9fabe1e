;; planted: a function with two results
;; check: features
;; says: it uses multivalue
(module
  (func $f (result i32 i32) (i32.const 1) (i32.const 2))
  (memory (export "memory") 1)
  (func (export "_start")
    (call $f) (drop) (drop)))

;; planted: a function that leaves a value of another type than it says
;; check: features
;; says: not valid WebAssembly: func 0 failed to validate: type mismatch
(module
  (func $f (result i32) (i64.const 1))
  (memory (export "memory") 1)
  (func (export "_start")
    (drop (call $f))))

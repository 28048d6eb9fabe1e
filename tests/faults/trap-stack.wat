;; planted: a function that calls itself for ever
;; check: run
;; says: trap: stack overflow in function 0 'again'
(module
  (func $again (param i32) (result i32)
    (i32.add (i32.const 1) (call $again (local.get 0))))
  (memory (export "memory") 1)
  (func (export "_start")
    (drop (call $again (i32.const 0)))))

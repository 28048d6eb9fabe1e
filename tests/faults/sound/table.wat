;; sound: calls through a table
(module
  (table 2 funcref)
  (elem (i32.const 1) $seven)
  (func $seven (result i32) (i32.const 7))
  (memory (export "memory") 1)
  (func (export "_start")
    (if (i32.ne (call_indirect (result i32) (i32.const 1)) (i32.const 7)) (then (unreachable)))))

;; sound: a call with arguments, signed and unsigned
(module
  (func (export "add") (param i32 i64) (result i64)
    (i64.add (i64.extend_i32_u (local.get 0)) (local.get 1)))
  (memory (export "memory") 1)
  (func (export "_start")
    (nop)))

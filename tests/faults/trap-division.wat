;; planted: a division by zero
;; check: run
;; says: trap: integer division by zero in function 0
(module
  (memory (export "memory") 1)
  (func (export "_start")
    (drop (i32.div_u (i32.const 1) (i32.load (i32.const 0))))))

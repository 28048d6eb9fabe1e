;; sound: an exception that is caught, without a limit of memory
(module
  (tag $e (param i32))
  (memory (export "memory") 1)
  (func (export "_start")
    (block $caught (result i32)
      (try_table (catch $e $caught) (throw $e (i32.const 3)))
      (i32.const 4))
    (if (i32.ne (i32.const 3)) (then (unreachable)))))

;; sound: nine memories, without a limit of memory
(module
  (memory (export "memory") 1)
  (memory $b 1) (memory 1) (memory 1) (memory 1) (memory 1) (memory 1) (memory 1) (memory 1)
  (func (export "_start")
    (if (i32.ne (memory.grow $b (i32.const 3)) (i32.const 1)) (then (unreachable)))))

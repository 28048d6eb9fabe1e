;; sound: memory grows by 99 pages, and the limit is 152
(module
  (memory (export "memory") 1)
  (func (export "_start")
    (if (i32.eq (memory.grow (i32.const 99)) (i32.const -1)) (then (unreachable)))))

;; sound: nothing but what must be there
(module
  (memory (export "memory") 1)
  (func (export "_start")
    (nop)))

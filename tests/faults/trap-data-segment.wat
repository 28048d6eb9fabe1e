;; planted: a data segment that lies beyond the memory
;; check: run
;; says: trap: memory out of bounds, while it is instantiated
(module
  (data (i32.const 65530) "too long for it")
  (memory (export "memory") 1)
  (func (export "_start")
    (nop)))

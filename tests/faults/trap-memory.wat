;; planted: a read beyond the end of memory
;; check: run
;; says: trap: memory out of bounds
(module
  (memory (export "memory") 1)
  (func (export "_start")
    (drop (i32.load (i32.const 65533)))))

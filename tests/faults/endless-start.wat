;; planted: a start function that never ends
;; check: run
;; says: it loops, or needs more than 100,000,000 instructions
(module
  (func $begin (loop (br 0)))
  (start $begin)
  (memory (export "memory") 1)
  (func (export "_start")
    (nop)))

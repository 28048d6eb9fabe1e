;; planted: a loop that never ends
;; check: run
;; says: it loops, or needs more than 100,000,000 instructions
(module
  (memory (export "memory") 1)
  (func (export "_start")
    (loop (br 0))))

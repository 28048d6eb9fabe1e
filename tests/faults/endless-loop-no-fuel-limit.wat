;; planted: a loop that never ends, and no limit of instructions
;; check: run
;; says: it loops, or needs more than 1 s
(module
  (memory (export "memory") 1)
  (func (export "_start")
    (loop (br 0))))

;; planted: it exits with 0 on bad input, 3 is expected
;; check: run
;; says: exit status 0; expected is 3
(module
  (memory (export "memory") 1)
  (func (export "_start")
    (nop)))

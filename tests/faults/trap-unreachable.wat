;; planted: an unreachable instruction
;; check: run
;; says: trap: unreachable in function 0, byte 0x
(module
  (memory (export "memory") 1)
  (func (export "_start")
    (unreachable)))

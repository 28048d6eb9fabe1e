;; planted: the export traps
;; check: run
;; says: trap: add: unreachable in function 0
(module
  (func (export "add") (param i32 i32) (result i32) (unreachable))
  (memory (export "memory") 1)
  (func (export "_start")
    (nop)))

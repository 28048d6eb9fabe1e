;; planted: the export takes one argument, two are given
;; check: run
;; says: add: it takes (i32), 2 are given
(module
  (func (export "add") (param i32) (result i32) (local.get 0))
  (memory (export "memory") 1)
  (func (export "_start")
    (nop)))

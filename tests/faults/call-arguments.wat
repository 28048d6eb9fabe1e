;; planted: the export takes one argument, two are given
;; check: run
;; says: add takes (i32), smoke.call.args has 2
(module
  (func (export "add") (param i32) (result i32) (local.get 0))
  (memory (export "memory") 1)
  (func (export "_start")
    (nop)))

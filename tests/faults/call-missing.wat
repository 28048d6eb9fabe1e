;; planted: the export to call is not there
;; check: run
;; says: it exports no function add
(module
  (memory (export "memory") 1)
  (func (export "_start")
    (nop)))

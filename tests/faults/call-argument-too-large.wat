;; planted: the argument is none of the parameter's values
;; check: run
;; says: f: it takes (i32), argument 1 is 4294967296
(module
  (memory (export "memory") 1)
  (func (export "f") (param i32)))

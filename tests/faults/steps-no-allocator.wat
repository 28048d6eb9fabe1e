;; planted: there is no way to place bytes
;; check: run
;; says: upper: it exports no cabi_realloc and no malloc; say `at` where bytes go
(module
  (memory (export "memory") 1)
  (func (export "upper") (param i32 i32)))

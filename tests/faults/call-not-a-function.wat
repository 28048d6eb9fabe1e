;; planted: what is to be called is a global
;; check: run
;; says: it exports no function f
(module
  (memory (export "memory") 1)
  (global (export "f") i32 (i32.const 0)))

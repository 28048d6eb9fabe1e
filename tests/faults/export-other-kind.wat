;; planted: render is a global
;; check: exports
;; says: export render is global(i32)
(module
  (global (export "render") i32 (i32.const 1))
  (memory (export "memory") 1)
  (func (export "_start")
    (nop)))

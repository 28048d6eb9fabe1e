;; planted: a name that would colour the terminal and hide text
;; check: imports
;; says: import env.\x1b[31mred\u202e: func() is not allowed
(module
  (import "env" "\1b[31mred\e2\80\ae" (func))
  (memory (export "memory") 1)
  (func (export "_start")
    (nop)))

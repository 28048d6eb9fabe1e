;; planted: the memory comes from the host
;; check: imports
;; says: import env.memory: memory(1.. pages) is not allowed
(module
  (import "env" "memory" (memory 1))
  (export "memory" (memory 0))
  (func (export "_start")))

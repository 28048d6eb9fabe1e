;; planted: a machine-learning interface that no allowlist names
;; check: imports
;; says: import wasi_ephemeral_nn.load: 
(module
  (import "wasi_ephemeral_nn" "load" (func (param i32 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "_start")
    (nop)))

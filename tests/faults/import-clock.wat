;; planted: a clock of the host that the contract does not name
;; check: imports
;; says: contract.imports: {"env.now_ms": "func() -> i64"}
(module
  (import "env" "now_ms" (func $now (result i64)))
  (memory (export "memory") 1)
  (func (export "_start")
    (drop (call $now))))

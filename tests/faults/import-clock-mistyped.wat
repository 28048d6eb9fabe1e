;; planted: the clock that the contract names, with another result
;; check: imports
;; says: import env.now_ms is func() -> f64; contract.imports allows func() -> i64
(module
  (import "env" "now_ms" (func $now (result f64)))
  (memory (export "memory") 1)
  (func (export "_start")
    (drop (call $now))))

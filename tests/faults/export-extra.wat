;; planted: an export that the contract does not name, and refuses
;; check: exports
;; says: contract.exports: {"malloc": "func(i32) -> i32"}
(module
  (func (export "malloc") (param i32) (result i32) (i32.const 1))
  (memory (export "memory") 1)
  (func (export "_start")
    (nop)))

;; planted: what it returns is a list of nearly all addresses
;; check: run
;; says: upper: 4294967295 bytes at 0x1 lie beyond its memory
(module
  (memory (export "memory") 1)
  (data (i32.const 16) "\01\00\00\00\ff\ff\ff\ff")
  (func (export "upper") (result i32) (i32.const 16)))

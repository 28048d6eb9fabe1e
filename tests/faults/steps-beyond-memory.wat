;; planted: malloc gives an address at the end of all memory
;; check: run
;; says: upper: 4 bytes at 0xfffffffe go beyond its memory
(module
  (memory (export "memory") 1)
  (func (export "malloc") (param i32) (result i32) (i32.const -2))
  (func (export "upper") (param i32 i32)))

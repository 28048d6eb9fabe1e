;; planted: a vector, and simd128 is not among the features
;; check: features
;; says: it uses simd128
(module
  (memory (export "memory") 1)
  (func (export "_start")
    (drop (v128.const i64x2 1 2))))

;; planted: two features at once, each of them forbidden
;; check: features
;; says: it uses several features
(module
  (func $f)
  (memory (export "memory") 1)
  (func (export "_start")
    (drop (v128.const i64x2 1 2)) (return_call $f)))

;; planted: a sign extension, where the contract allows no feature at all
;; check: features
;; says: the contract allows no feature
(module
  (memory (export "memory") 1)
  (func (export "_start")
    (drop (i32.extend8_s (i32.const 255)))))

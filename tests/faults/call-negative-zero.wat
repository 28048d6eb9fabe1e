;; planted: the zero that it returns has another sign
;; check: returns
;; says: [0.0], expected are [-0.0]
(module
  (memory (export "memory") 1)
  (func (export "f") (result f64) (f64.const 0)))

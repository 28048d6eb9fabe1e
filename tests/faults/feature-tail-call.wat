;; planted: a tail call
;; check: features
;; says: it uses tail-call
(module
  (func $f)
  (memory (export "memory") 1)
  (func (export "_start")
    (return_call $f)))

;; planted: an exception is thrown and caught
;; check: features
;; says: it uses exception-handling
(module
  (tag $oops)
  (memory (export "memory") 1)
  (func (export "_start")
    (block $caught (try_table (catch $oops $caught) (throw $oops)))))

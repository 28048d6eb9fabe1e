;; sound: exceptions as they were first proposed, which the engine does not run
;; unjudged: run
;; says: does not run legacy-exceptions
(module
  (tag $e)
  (memory (export "memory") 1)
  (func (export "_start") try throw $e catch $e end))

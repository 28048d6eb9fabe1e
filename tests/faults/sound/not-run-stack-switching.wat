;; sound: a continuation, which the engine does not run
;; unjudged: run
;; says: does not run stack-switching
(module
  (type $f (func))
  (type $c (cont $f))
  (memory (export "memory") 1)
  (func $g)
  (elem declare func $g)
  (func (export "_start") (resume $c (cont.new $c (ref.func $g)))))

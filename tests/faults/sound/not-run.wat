;; sound: what the host provides is missing here, so that it is not run
;; unjudged: run
;; says: nothing was run: the profile has no smoke run
(module
  (import "env" "log" (func $log))
  (memory (export "memory") 1)
  (func (export "_start")
    (call $log)))

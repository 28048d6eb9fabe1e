;; planted: there is nothing to run
;; check: run
;; says: it exports no function _start
(module (memory (export "memory") 1))

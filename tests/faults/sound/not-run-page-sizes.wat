;; sound: a memory with small pages, which the engine does not run
;; unjudged: run
;; says: does not run custom-page-sizes
(module
  (memory (export "memory") 10 100 (pagesize 1))
  (func (export "_start") (drop (memory.grow (i32.const 5)))))

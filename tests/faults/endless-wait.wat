;; planted: it waits for a thread that never comes
;; check: run
;; says: it blocks in a host call: no end after 1 s
(module
  (memory (export "memory") 1 1 shared)
  (func (export "_start")
    (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))))

;; planted: memory grows a page at a time until there is no more
;; check: run
;; says: it allocates without end: its memory grew to 152 of the 152 pages
(module
  (memory (export "memory") 1)
  (func (export "_start")
    (loop (br_if 0 (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
    (unreachable)))

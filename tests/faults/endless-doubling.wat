;; planted: memory doubles until there is no more
;; check: run
;; says: its memory grew to 128 of the 152 pages that it may have
(module
  (memory (export "memory") 1)
  (func (export "_start")
    (loop (br_if 0 (i32.ne (memory.grow (memory.size)) (i32.const -1))))
    (unreachable)))

;; planted: the memory may grow without end
;; check: exports
;; says: export memory is memory(1.. pages); contract.exports asks for memory(1..16 pages)
(module
  (memory (export "memory") 1)
  (func (export "_start")
    (nop)))

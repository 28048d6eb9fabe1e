;; planted: two tables that together grow over what is allowed; each of them keeps to it
;; check: table
;; says: 1,802 elements, 802 more than limits.table allows (1,000) after its run; 2 at the start
(module
  (table $a 1 funcref)
  (table $b 1 externref)
  (memory (export "memory") 1)
  (func (export "_start")
    (drop (table.grow $a (ref.null func) (i32.const 900)))
    (drop (table.grow $b (ref.null extern) (i32.const 900)))))

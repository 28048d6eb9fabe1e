;; planted: a table that grows over what is allowed; it has two names and counts once
;; check: table
;; says: 1,001 elements, 1 more than limits.table allows (1,000) after its run; 1 at the start
(module
  (table $a (export "a") (export "b") 1 funcref)
  (table $hidden 0 funcref)
  (memory (export "memory") 1)
  (func (export "_start")
    (drop (table.grow $a (ref.null func) (i32.const 999)))
    (drop (table.grow $hidden (ref.null func) (i32.const 1)))))

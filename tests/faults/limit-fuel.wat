;; planted: more work than the host allows, though it comes to an end
;; check: fuel
;; says: more than limits.fuel allows (1,000)
(module
  (memory (export "memory") 1)
  (func (export "_start")
    (local $i i32)
    (loop (br_if 0 (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 500))))))

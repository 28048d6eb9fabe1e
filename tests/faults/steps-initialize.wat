;; planted: the second step finds what _initialize would have made
;; check: returns
;; says: step 2, ready: [0], expected are [1]
(module
  (memory (export "memory") 1)
  (global $ready (mut i32) (i32.const 0))
  (func (export "initialize") (global.set $ready (i32.const 1)))
  (func (export "go"))
  (func (export "ready") (result i32) (global.get $ready)))

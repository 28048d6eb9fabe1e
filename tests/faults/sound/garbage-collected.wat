;; sound: objects of the GC proposal, without a limit of memory
(module
  (type $s (struct (field (mut i32))))
  (memory (export "memory") 1)
  (func (export "_start") (local $x (ref null $s))
    (local.set $x (struct.new $s (i32.const 1)))
    (struct.set $s 0 (local.get $x) (i32.const 2))
    (if (i32.ne (struct.get $s 0 (local.get $x)) (i32.const 2)) (then (unreachable)))))

;; planted: a byte in the memory is another
;; check: memory of steps
;; says: step 1, upper: 4 bytes, expected are 4; the first that differs is byte 3: 0x4d, expected is 0x4e
(module
  (memory (export "memory") 1)
  (global $next (mut i32) (i32.const 1024))
  (func $take (param $size i32) (result i32)
    (global.get $next)
    (global.set $next (i32.add (global.get $next) (local.get $size))))
  (func $upper (param $at i32) (param $size i32)
    (loop $each
      (if (local.get $size)
        (then
          (local.set $size (i32.sub (local.get $size) (i32.const 1)))
          (i32.store8 (i32.add (local.get $at) (local.get $size))
            (i32.and (i32.const 0xdf)
              (i32.load8_u (i32.add (local.get $at) (local.get $size)))))
          (br $each)))))
  (func (export "malloc") (param i32) (result i32) (call $take (local.get 0)))
  (func (export "upper") (param i32 i32) (result i32)
    (call $upper (local.get 0) (local.get 1)) (local.get 0)))

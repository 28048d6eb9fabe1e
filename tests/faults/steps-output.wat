;; planted: the output is another
;; check: output
;; says: line 1 is "WASM", expected is "WASN"
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
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (call $take (local.get 3)))
  (func (export "upper") (param i32 i32) (result i64)
    (call $upper (local.get 0) (local.get 1))
    (i64.or (i64.shl (i64.extend_i32_u (local.get 0)) (i64.const 32))
      (i64.extend_i32_u (local.get 1)))))

;; planted: the f32 is the one after the nearest to 0.1
;; check: returns
;; says: expected are [0.1]
(module
  (memory (export "memory") 1)
  (func (export "f") (result f32) (f32.reinterpret_i32 (i32.const 0x3dccccce))))

;; sound: an f32 is the nearest to what is expected, and a zero has its sign
(module
  (memory (export "memory") 1)
  (func (export "f") (param f32) (result f32 f64) (local.get 0) (f64.const -0)))

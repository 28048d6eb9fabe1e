;; sound: vectors and tail calls, where the contract has them
(module
  (func $f)
  (memory (export "memory") 1)
  (func (export "_start")
    (drop (v128.const i64x2 1 2)) (return_call $f)))

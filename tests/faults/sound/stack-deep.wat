;; sound: 14,000 calls deep with small frames: wasmtime by its own settings has room for 32,000
(module
  (func $again (param i32) (result i32)
    (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 0)) (else
      (i32.add (i32.const 1) (call $again (i32.sub (local.get 0) (i32.const 1)))))))
  (memory (export "memory") 1)
  (func (export "_start")
    (if (i32.ne (call $again (i32.const 14000)) (i32.const 14000)) (then (unreachable)))))

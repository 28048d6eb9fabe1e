;; sound: an import that is named twice, as standard Go does
(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $one (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write"
    (func $two (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "_start")
    (nop)))

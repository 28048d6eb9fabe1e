;; sound: calls of WASI with a memory that threads may share
(module
  (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "clock_time_get"
    (func $time (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1 4 shared)
  (data (i32.const 0) "\10\00\00\00\06\00\00\00")
  (data (i32.const 16) "hello\n")
  (func (export "_start")
    (drop (i32.atomic.rmw.add (i32.const 64) (i32.const 1)))
    (if (call $random (i32.const 128) (i32.const 8)) (then (unreachable)))
    (if (i64.eqz (i64.load (i32.const 128))) (then (unreachable)))
    (if (call $time (i32.const 0) (i64.const 1) (i32.const 128)) (then (unreachable)))
    (if (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))
      (then (unreachable)))))

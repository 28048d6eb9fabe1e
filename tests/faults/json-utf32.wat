;; planted: it is UTF-32 without a mark
;; check: output
;; says: the output is not JSON
(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00\20\00\00\00")
  (data (i32.const 16) "\00\00\00{\00\00\00\22\00\00\00a\00\00\00\22\00\00\00:\00\00\00 \00\00\001\00\00\00}")
  (func (export "_start")
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))

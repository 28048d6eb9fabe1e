;; planted: a text with two spaces in place of one
;; check: output
;; says: the JSON value differs at $.a: "x  y", expected is "x y"
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00\0d\00\00\00")
  (data (i32.const 16) "\7b\22\61\22\3a\20\22\78\20\20\79\22\7d")
  (func (export "_start") (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))

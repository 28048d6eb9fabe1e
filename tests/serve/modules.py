"""Modules in WebAssembly text that answer requests, and what one may do to its host."""

from __future__ import annotations

# Reads all of stdin, up to 1 MiB, and writes it. The first letter says what it does instead:
# l loops, t traps, e exits with 3 and a word on stderr, g grows without end, o prints without end,
# s sleeps for an hour, k writes what an instance before it left in memory, or a dot.
COMMAND = """(module
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff"
    (func $poll (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 18)
  (data (i32.const 64) "it fails\\nand says so")
  (data (i32.const 96) ".")
  (func $print (param $fd i32) (param $from i32) (param $size i32)
    (i32.store (i32.const 0) (local.get $from))
    (i32.store (i32.const 4) (local.get $size))
    (drop (call $write (local.get $fd) (i32.const 0) (i32.const 1) (i32.const 8))))
  (func (export "_start") (local $size i32) (local $first i32)
    (block $end (loop $more
      (i32.store (i32.const 0) (i32.add (i32.const 1024) (local.get $size)))
      (i32.store (i32.const 4) (i32.sub (i32.const 1048576) (local.get $size)))
      (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
      (br_if $end (i32.eqz (i32.load (i32.const 8))))
      (local.set $size (i32.add (local.get $size) (i32.load (i32.const 8))))
      (br $more)))
    (if (local.get $size) (then (local.set $first (i32.load8_u (i32.const 1024)))))
    (if (i32.eq (local.get $first) (i32.const 108)) (then (loop $ever (br $ever))))
    (if (i32.eq (local.get $first) (i32.const 116)) (then unreachable))
    (if (i32.eq (local.get $first) (i32.const 101)) (then
      (call $print (i32.const 2) (i32.const 64) (i32.const 20)) (call $exit (i32.const 3))))
    (if (i32.eq (local.get $first) (i32.const 103)) (then
      (loop $ever
        (br_if $ever (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))) unreachable))
    (if (i32.eq (local.get $first) (i32.const 111)) (then (loop $ever
      (call $print (i32.const 1) (i32.const 0) (i32.const 65536)) (br $ever))))
    (if (i32.eq (local.get $first) (i32.const 115)) (then
      (memory.fill (i32.const 1024) (i32.const 0) (i32.const 48))
      (i32.store (i32.const 1040) (i32.const 1))
      (i64.store (i32.const 1048) (i64.const 3600000000000))
      (drop (call $poll (i32.const 1024) (i32.const 2048) (i32.const 1) (i32.const 8)))))
    (if (i32.eq (local.get $first) (i32.const 107)) (then
      (call $print (i32.const 1) (i32.const 96) (i32.const 1))
      (i32.store8 (i32.const 96) (i32.const 33))
      (return)))
    (call $print (i32.const 1) (i32.const 1024) (local.get $size))))"""

# list<u8> -> list<u8> by the canonical ABI: how many requests it has had, then the body. Its memory
# grows by a page with each. A body that begins with t traps, one with x gives a list beyond memory.
EXPORT = """(module
  (memory (export "memory") 2)
  (global $count (mut i32) (i32.const 0))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 4096))
  (func (export "shout") (param $from i32) (param $size i32) (result i32)
    (drop (memory.grow (i32.const 1)))
    (global.set $count (i32.add (global.get $count) (i32.const 1)))
    (if (i32.eq (i32.load8_u (local.get $from)) (i32.const 116)) (then unreachable))
    (i32.store8 (i32.const 4095) (i32.add (i32.const 48) (global.get $count)))
    (i32.store (i32.const 8) (i32.const 4095))
    (i32.store (i32.const 12) (i32.add (local.get $size) (i32.const 1)))
    (if (i32.eq (i32.load8_u (local.get $from)) (i32.const 120))
      (then (i32.store (i32.const 12) (i32.const -1))))
    (i32.const 8)))"""

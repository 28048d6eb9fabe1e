"""Modules in WebAssembly text that ask a model and print what it gives."""

from __future__ import annotations

import struct

IMPORTS = """
  (import "wasi_ephemeral_nn" "load" (func $load (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_ephemeral_nn" "load_by_name" (func $load_by_name (param i32 i32 i32) (result i32)))
  (import "wasi_ephemeral_nn" "init_execution_context"
    (func $init_execution_context (param i32 i32) (result i32)))
  (import "wasi_ephemeral_nn" "set_input" (func $set_input (param i32 i32 i32) (result i32)))
  (import "wasi_ephemeral_nn" "compute" (func $compute (param i32) (result i32)))
  (import "wasi_ephemeral_nn" "get_output"
    (func $get_output (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))"""
CONTRACT = {
    "imports": {"wasi_ephemeral_nn.*": "any", "wasi_snapshot_preview1.*": "any"},
    "exports": {"_start": "func()", "memory": "memory"},
}
ERROR = 40  # an error of the host functions is the exit status, this far above 0
MODEL, DIMENSIONS, TENSOR, BUILDER, NAME, INPUT, OUTPUT = 65536, 64, 96, 128, 256, 1024, 32768
OUTPUT_BYTES = 16384


def asking(
    model: bytes | str, given: bytes, *, target: int = 0, shape: tuple[int, ...] = (), kind: int = 1
) -> str:
    """A guest with a model, or the name of one, that gives it a tensor: of f32 where unsaid.

    It prints the output. Without a shape it is one dimension of floats.
    """
    dims = shape or (len(given) // 4,)
    data = b"" if isinstance(model, str) else model
    name = model.encode() if isinstance(model, str) else b""
    load = (
        f"(call $load_by_name (i32.const {NAME}) (i32.const {len(name)}) (i32.const 0))"
        if name
        else f"(call $load (i32.const {BUILDER}) (i32.const 1) (i32.const 1)"
        f" (i32.const {target}) (i32.const 0))"
    )
    segments = {
        DIMENSIONS: struct.pack(f"<{len(dims)}I", *dims),
        TENSOR: struct.pack("<IIB3xII", DIMENSIONS, len(dims), kind, INPUT, len(given)),
        BUILDER: struct.pack("<II", MODEL, len(data)),
        NAME: name,
        INPUT: given,
        MODEL: data,
    }
    laid = "\n".join(
        f'  (data (i32.const {at}) "{_text(content)}")' for at, content in segments.items()
    )
    calls = [
        load,
        "(call $init_execution_context (i32.load (i32.const 0)) (i32.const 4))",
        f"(call $set_input (i32.load (i32.const 4)) (i32.const 0) (i32.const {TENSOR}))",
        "(call $compute (i32.load (i32.const 4)))",
        f"(call $get_output (i32.load (i32.const 4)) (i32.const 0) (i32.const {OUTPUT})"
        f" (i32.const {OUTPUT_BYTES}) (i32.const 12))",
    ]
    steps = "\n".join(f"    (call $held {call})" for call in calls)
    pages = 2 + len(data) // 65536
    return f"""(module {IMPORTS}
  (memory (export "memory") {pages})
{laid}
  (func $held (param $error i32)
    (if (local.get $error)
      (then (call $exit (i32.add (i32.const {ERROR}) (local.get $error))))))
  (func (export "_start")
{steps}
    (i32.store (i32.const 8) (i32.const {OUTPUT}))
    (drop (call $write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 16)))))"""


def calling(call: str, memory: str = '(memory (export "memory") 1)') -> str:
    """A guest whose export `ask` makes one call, and gives its error."""
    return f'(module {IMPORTS} {memory} (func (export "ask") (result i32) {call}))'


def _text(data: bytes) -> str:
    return "".join(f"\\{byte:02x}" for byte in data)


def repeating(model: bytes, shape: tuple[int, ...], size: int) -> str:
    """A guest for measuring: `prepare`, and `infer`, which makes three calls so many times.

    Its tensor has `size` bytes and lies behind the model; the output takes its place. `refuse`
    makes calls with a handle that isn't there.
    """
    given = MODEL + (len(model) + 15) // 16 * 16
    pages = (given + 2 * size) // 65536 + 1
    segments = {
        DIMENSIONS: struct.pack(f"<{len(shape)}I", *shape),
        TENSOR: struct.pack("<IIB3xII", DIMENSIONS, len(shape), 1, given, size),
        BUILDER: struct.pack("<II", MODEL, len(model)),
        MODEL: model,
    }
    laid = "\n".join(
        f'  (data (i32.const {at}) "{_text(content)}")' for at, content in segments.items()
    )
    return f"""(module {IMPORTS}
  (memory (export "memory") {pages})
{laid}
  (func (export "prepare") (result i32)
    (i32.or
      (call $load (i32.const {BUILDER}) (i32.const 1) (i32.const 1) (i32.const 0) (i32.const 0))
      (call $init_execution_context (i32.const 0) (i32.const 4))))
  (func (export "infer") (param $times i32) (result i32) (local $error i32)
    (loop $again
      (local.set $error (i32.or (local.get $error)
        (call $set_input (i32.const 0) (i32.const 0) (i32.const {TENSOR}))))
      (local.set $error (i32.or (local.get $error) (call $compute (i32.const 0))))
      (local.set $error (i32.or (local.get $error)
        (call $get_output (i32.const 0) (i32.const 0) (i32.const {given + size})
          (i32.const {size}) (i32.const 12))))
      (local.set $times (i32.sub (local.get $times) (i32.const 1)))
      (br_if $again (local.get $times)))
    (local.get $error))
  (func (export "refuse") (param $times i32)
    (loop $again
      (drop (call $compute (i32.const 9)))
      (local.set $times (i32.sub (local.get $times) (i32.const 1)))
      (br_if $again (local.get $times)))))"""

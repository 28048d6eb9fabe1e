"""A reactor of the interface frame-stream in WebAssembly text, and what one may do wrong."""

from __future__ import annotations

import json
import struct

NAME = "wasmtrim:gif/frame-stream@0.1.0"
FRAMES = (b"\1\2\3\4", b"\5\6\7\x08")

# A reactor that hands out each frame as it came, between a word at the start and one at the end.
PARTS = {
    "imports": "",
    "start": f"""(func (export "{NAME}#start") (param i32 i32 i32 i32) (result i32)
      (call $put (i32.const 512) (i32.const 3)) (i32.const 256))""",
    "push-frame": f"""(func (export "{NAME}#push-frame") (param i32 i32 i64 i32 i32) (result i32)
      (call $put (local.get 0) (local.get 1)) (i32.const 256))""",
    "finish": f"""(func (export "{NAME}#finish") (param i64) (result i32)
      (call $put (i32.const 515) (i32.const 3)) (i32.const 256))""",
    "take-output": f"""(func (export "{NAME}#take-output") (result i32)
      (i32.store (i32.const 264) (i32.const 1024))
      (i32.store (i32.const 268) (global.get $size))
      (global.set $size (i32.const 0))
      (i32.const 264))""",
    "realloc": """(func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
      (i32.const 2048))""",
    "memory": '(memory (export "memory") 1)',
    "initialize": '(func (export "_initialize"))',
    "more": "",
}
REST = """
  (global $size (mut i32) (i32.const 0))
  (data (i32.const 512) "GIFend")
  (func $put (param $from i32) (param $length i32)
    (memory.copy
      (i32.add (i32.const 1024) (global.get $size)) (local.get $from) (local.get $length))
    (global.set $size (i32.add (global.get $size) (local.get $length))))
"""


def text(**parts: str) -> str:
    """The module, with other parts in place of its own."""
    return f"(module {' '.join({**PARTS, **parts}.values())} {REST})"


def exported(name: str, kind: str, body: str) -> str:
    return f'(func (export "{NAME}#{name}") {kind} {body})'


def start(body: str) -> dict[str, str]:
    return {"start": exported("start", "(param i32 i32 i32 i32) (result i32)", body)}


def push(body: str) -> dict[str, str]:
    return {"push-frame": exported("push-frame", "(param i32 i32 i64 i32 i32) (result i32)", body)}


def take(body: str) -> dict[str, str]:
    return {"take-output": exported("take-output", "(result i32)", body)}


def given(*frames: bytes, **header: object) -> bytes:
    about = {"width": 1, "height": 1, "frames": len(frames), "delay": 50, **header}
    text = json.dumps(about).encode()
    return struct.pack("<I", len(text)) + text + b"".join(frames)

"""The instructions that counting adds, in the binary format (specification, section 5.4)."""

from __future__ import annotations

from wasmtrim.wasm.leb128 import signed, unsigned


def i32(value: int) -> bytes:
    """`i32.const`."""
    return b"\x41" + signed(value)


def get(local: int) -> bytes:
    """`local.get`."""
    return b"\x20" + unsigned(local)


def put(local: int) -> bytes:
    """`local.set`."""
    return b"\x21" + unsigned(local)


def tee(local: int) -> bytes:
    """`local.tee`."""
    return b"\x22" + unsigned(local)


def br(label: int) -> bytes:
    """`br`."""
    return b"\x0c" + unsigned(label)


def br_if(label: int) -> bytes:
    """`br_if`."""
    return b"\x0d" + unsigned(label)

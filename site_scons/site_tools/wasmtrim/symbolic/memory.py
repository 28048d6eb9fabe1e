"""The first memory as terms: an array of bytes by address, and how many pages it has."""

from __future__ import annotations

import z3

from wasmtrim.symbolic.numbers import Term
from wasmtrim.wasm.types import PAGE_BYTES, MemoryType

_MOST_PAGES = 1 << 16
_ADDRESS = 34  # bits of an address and an offset added up, and the length of an access with them

# By opcode: how many bytes are read, how wide the value is, and whether it is signed.
LOADS = {
    0x28: (4, 32, False),
    0x29: (8, 64, False),
    0x2A: (4, 32, False),
    0x2B: (8, 64, False),
    0x2C: (1, 32, True),
    0x2D: (1, 32, False),
    0x2E: (2, 32, True),
    0x2F: (2, 32, False),
    0x30: (1, 64, True),
    0x31: (1, 64, False),
    0x32: (2, 64, True),
    0x33: (2, 64, False),
    0x34: (4, 64, True),
    0x35: (4, 64, False),
}
# How many bytes are written.
STORES = {0x36: 4, 0x37: 8, 0x38: 4, 0x39: 8, 0x3A: 1, 0x3B: 2, 0x3C: 1, 0x3D: 2, 0x3E: 4}


def unknown() -> Term:
    """A memory's bytes when a function is called."""
    return z3.Array("memory", z3.BitVecSort(32), z3.BitVecSort(8))


def pages() -> Term:
    """How many pages it has; nothing that we execute changes that."""
    return z3.BitVec("pages", 32)


def bounds(kind: MemoryType) -> Term:
    """What is known of `pages`."""
    most = _MOST_PAGES if kind.maximum is None else min(kind.maximum, _MOST_PAGES)
    return z3.And(z3.UGE(pages(), kind.minimum), z3.ULE(pages(), most))


def beyond(address: Term, offset: int, length: int) -> Term:
    """When an access traps."""
    size = z3.ZeroExt(2, pages()) * PAGE_BYTES
    return z3.UGT(z3.ZeroExt(2, address) + (offset + length), size)


def load(code: int, memory: Term, address: Term, offset: int) -> Term:
    """What a load within the bounds leaves."""
    length, size, signed = LOADS[code]
    found = [z3.Select(memory, address + offset + at) for at in reversed(range(length))]
    value = z3.Concat(*found) if length > 1 else found[0]
    missing = size - 8 * length
    if not missing:
        return value
    return z3.SignExt(missing, value) if signed else z3.ZeroExt(missing, value)


def store(code: int, memory: Term, address: Term, offset: int, value: Term) -> Term:
    """The memory after a store within the bounds."""
    for at in range(STORES[code]):
        byte = z3.Extract(8 * at + 7, 8 * at, value)
        memory = z3.Store(memory, address + offset + at, byte)
    return memory

"""The faults that can be planted in a module: each a small change that leaves it valid."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass
from random import Random
from typing import Literal, TypeAlias, get_args

from wasmtrim.wasm import Module, bodies
from wasmtrim.wasm.leb128 import number, signed, unsigned

Kind: TypeAlias = Literal["constant", "operator", "branch", "call", "segment", "store"]
KINDS: tuple[Kind, ...] = get_args(Kind)

_CALL, _IF, _BR_IF, _EQZ, _DROP = 0x10, 0x04, 0x0D, b"\x45", b"\x1a"
_CONSTANTS = {0x41: 32, 0x42: 64}
_STORES = range(0x36, 0x3F)
# Specification 5.4.6: instructions of the same type that are often taken for one another.
_PAIRS = (
    *((0x46, 0x47), (0x48, 0x4C), (0x49, 0x4D), (0x4A, 0x4E), (0x4B, 0x4F)),  # i32.eq, ne, lt, le …
    *((0x51, 0x52), (0x53, 0x57), (0x54, 0x58), (0x55, 0x59), (0x56, 0x5A)),  # i64
    *((0x5B, 0x5C), (0x5D, 0x5F), (0x5E, 0x60), (0x61, 0x62), (0x63, 0x65), (0x64, 0x66)),  # floats
    *((0x6A, 0x6B), (0x6D, 0x6E), (0x6F, 0x70), (0x71, 0x72), (0x75, 0x76)),  # i32.add, sub, div …
    *((0x7C, 0x7D), (0x7F, 0x80), (0x81, 0x82), (0x83, 0x84), (0x87, 0x88)),  # i64
    *((0x92, 0x93), (0x94, 0x95), (0xA0, 0xA1), (0xA2, 0xA3)),  # f32, f64: add, sub, mul, div
)
_OTHER = {
    **dict(_PAIRS),
    **{b: a for a, b in _PAIRS},
    **{0x6C: 0x6A, 0x73: 0x72, 0x74: 0x75, 0x7E: 0x7C, 0x85: 0x84, 0x86: 0x87},  # mul, xor, shl
}


@dataclass(frozen=True)
class Fault:
    """The instruction `data[start:end]` of the file becomes `instead`.

    Of a data segment, whose `function` is None, that is what it holds.
    """

    kind: Kind
    function: int | None
    start: int
    end: int
    instead: bytes


def chosen(module: Module, count: int, seed: int, within: Container[int]) -> list[Fault]:
    """Choose faults, of each kind about as many; fewer where the module has no more places.

    They lie in data segments, and in the functions whose indices are `within`. Raises ModuleError
    where a body is not a sequence of instructions.
    """
    random = Random(seed)
    by_kind: dict[Kind, list[Fault]] = {kind: [] for kind in KINDS}
    for fault in _possible(module, within):
        by_kind[fault.kind].append(fault)
    for faults in by_kind.values():
        random.shuffle(faults)
    found: list[Fault] = []
    while len(found) < count and any(by_kind.values()):
        found += [faults.pop() for faults in by_kind.values() if faults]
    return found[:count]


def _possible(module: Module, within: Container[int]) -> Iterator[Fault]:
    yield from _segments(module)
    same_type: dict[int, list[int]] = {}
    for index, kind in enumerate(module.functions):
        same_type.setdefault(kind, []).append(index)
    reached = (n for n in range(module.imported_functions, len(module.functions)) if n in within)
    for index in reached:
        for start, end in bodies.instructions(module, index):
            code, written = module.data[start], module.data[start:end]
            if code in _CONSTANTS:
                value = _signed(written[1:])
                last = (1 << (_CONSTANTS[code] - 1)) - 1
                other = signed(value - 1 if value == last else value + 1)
                yield Fault("constant", index, start, end, written[:1] + other)
            elif code in _OTHER:
                yield Fault("operator", index, start, end, bytes([_OTHER[code]]))
            elif code in (_IF, _BR_IF):
                yield Fault("branch", index, start, end, _EQZ + written)
            elif code in _STORES:
                yield Fault("store", index, start, end, 2 * _DROP)
            elif code == _CALL:
                callee = number(written[1:])
                others = same_type[module.functions[callee]]
                if len(others) > 1:
                    other = unsigned(others[(others.index(callee) + 1) % len(others)])
                    yield Fault("call", index, start, end, written[:1] + other)


def _segments(module: Module) -> Iterator[Fault]:
    """Those whose place in a memory is known, and so is that of all that come after them."""
    unknown: set[int] = set()
    for segment in reversed(module.segments):
        if segment.mode != "active" or segment.memory in unknown:
            continue
        if segment.base is None:
            unknown.add(segment.memory)
        elif any(content := module.data[segment.start : segment.end]):
            # A memory is zero before segments are written.
            yield Fault("segment", None, segment.start, segment.end, bytes(len(content)))


def _signed(leb: bytes) -> int:
    value = number(leb)
    return value - (1 << 7 * len(leb)) if leb[-1] & 0x40 else value

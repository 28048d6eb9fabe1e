"""One module with many faults, each behind a guard that a global opens: all share a compilation.

Mutant schemata: Untch, Offutt and Harrold, "Mutation analysis using mutant schemata", 1993.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from wasmtrim.engine.core import BEGIN, PLANTED
from wasmtrim.verify.mutants.faults import Fault
from wasmtrim.wasm import Module
from wasmtrim.wasm.leb128 import number, signed, unsigned
from wasmtrim.wasm.rewriting import Planted, rewritten
from wasmtrim.wasm.segments import DataSegment

NO_FAULT = 0
MOST_FUEL = 10  # times as much as the module itself takes: nine instructions more are a guard

_BITS = 64  # of each global with marks
_I32, _I64, _F32, _F64 = b"\x7f", b"\x7e", b"\x7d", b"\x7c"
_CALL, _STORES = 0x10, range(0x36, 0x3F)
_BEGIN_TYPE = b"\x60\x01\x7e\x00"  # func (param i64)
# Specification 5.4.6: the operators that faults change take two of these and give one of those.
_OPERATORS = (
    *((range(0x46, 0x50), _I32, _I32), (range(0x51, 0x5B), _I64, _I32)),
    *((range(0x5B, 0x61), _F32, _I32), (range(0x61, 0x67), _F64, _I32)),
    *((range(0x6A, 0x79), _I32, _I32), (range(0x7C, 0x8B), _I64, _I64)),
    *((range(0x92, 0x99), _F32, _F32), (range(0xA0, 0xA7), _F64, _F64)),
)
_STORED = (_I32, _I64, _F32, _F64, _I32, _I32, _I64, _I64, _I64)  # 5.4.6: i32.store to i64.store32


@dataclass(frozen=True)
class Metamutant:
    """The module that becomes any of its mutants: fault `n` of `count`, or none for `NO_FAULT`."""

    data: bytes
    count: int

    def reached(self, counters: Sequence[int]) -> frozenset[int]:
        """The faults that a run came to, by the globals that it left."""
        words = counters[1:]
        faults = range(self.count)
        return frozenset(n + 1 for n in faults if words[n // _BITS] >> n % _BITS & 1)


def metamutant(module: Module, faults: Sequence[Fault]) -> Metamutant:
    """Plant all faults, the first one as number 1.

    The export `BEGIN` takes the number, and then does what the module's start function does.
    """
    planting = _Planting(module)
    emptied: list[bytes] = []
    by_function: dict[int, list[tuple[int, Fault]]] = {}
    for place, fault in enumerate(faults, 1):
        if fault.function is None:
            emptied.append(planting.emptied(place, fault))
        else:
            by_function.setdefault(fault.function, []).append((place, fault))
    bodies = {index: planting.body(index, found) for index, found in by_function.items()}
    begin = planting.begin(emptied)
    names = [f"{PLANTED}{place}" for place in range(2 + len(faults) // _BITS)]
    kind = planting.type(_BEGIN_TYPE)
    planted = Planted(planting.types, [(kind, begin)], begin=BEGIN)
    return Metamutant(rewritten(module, bodies, names, planted), len(faults))


@dataclass
class _Planting:
    """`types` are those that a module gets for blocks and for its new function."""

    module: Module
    types: list[bytes] = field(default_factory=list)

    def type(self, entry: bytes) -> int:
        """The index of a type that is planted."""
        if entry not in self.types:
            self.types.append(entry)
        return len(self.module.types) + self.types.index(entry)

    def body(self, index: int, faults: Sequence[tuple[int, Fault]]) -> bytes:
        """A function's body with its faults."""
        start, end = self.module.body(index)
        parts: list[bytes] = []
        for place, fault in sorted(faults, key=lambda each: each[1].start):
            parts += (self.module.data[start : fault.start], self._mark(place))
            parts += self._guarded(place, fault)
            start = fault.end
        return b"".join((*parts, self.module.data[start:end]))

    def _active(self, place: int) -> bytes:
        """Whether it is this fault: global.get, i64.const, i64.eq."""
        return b"\x23" + unsigned(len(self.module.globals)) + b"\x42" + signed(place) + b"\x51"

    def _mark(self, place: int) -> bytes:
        """Set the fault's bit; the stack stays as it is."""
        word, bit = divmod(place - 1, _BITS)
        index = unsigned(len(self.module.globals) + 1 + word)
        value = (1 << bit) - (bit // (_BITS - 1) << _BITS)
        return b"\x23" + index + b"\x42" + signed(value) + b"\x84\x24" + index

    def _guarded(self, place: int, fault: Fault) -> Iterator[bytes]:
        written = self.module.data[fault.start : fault.end]
        active = self._active(place)
        if fault.kind == "constant":
            yield fault.instead + written + active + b"\x1b"  # select
        elif fault.kind == "branch":
            # The condition is zero, or it isn't: i32.eqz, then i32.eq with whether that is wanted.
            yield b"\x45" + active + b"\x46" + written
        else:
            yield active + b"\x04" + signed(self._block(written))
            yield fault.instead + b"\x05" + written + b"\x0b"

    def _block(self, written: bytes) -> int:
        """The index of a type that takes and gives what an instruction does."""
        code = written[0]
        if code == _CALL:
            return self.module.functions[number(written[1:])]
        if code in _STORES:
            address = _I64 if self._is64(written) else _I32
            return self.type(b"\x60\x02" + address + _STORED[code - _STORES.start] + b"\x00")
        taken, given = next((taken, given) for codes, taken, given in _OPERATORS if code in codes)
        return self.type(b"\x60\x02" + 2 * taken + b"\x01" + given)

    def _is64(self, store: bytes) -> bool:
        """Whether the addresses of the memory that is written to are of 64 bits."""
        memory = 0
        if store[1] & 0x40:  # the memory is named
            end = next(at for at in range(2, len(store)) if store[at] < 0x80) + 1
            memory = number(store[2:end])
        return self.module.memories[memory].is64

    def emptied(self, place: int, fault: Fault) -> bytes:
        """Instructions that empty a segment, where it is the fault."""
        segments = self.module.segments
        at = next(n for n, segment in enumerate(segments) if segment.start == fault.start)
        memory = segments[at].memory
        is64 = self.module.memories[memory].is64
        fills = [
            _constant(start, is64=is64)
            + b"\x41\x00"
            + _constant(end - start, is64=is64)
            + (b"\xfc\x0b" + unsigned(memory))  # memory.fill
            for start, end in _left(segments[at], segments[at + 1 :])
        ]
        guarded = self._active(place) + b"\x04\x40" + b"".join(fills) + b"\x0b"
        return self._mark(place) + guarded

    def begin(self, emptied: Sequence[bytes]) -> bytes:
        """The body of the function that takes the number of the fault."""
        start = self.module.start
        call = b"" if start is None else b"\x10" + unsigned(start)
        take = b"\x20\x00\x24" + unsigned(len(self.module.globals))  # local.get, global.set
        return b"\x00" + take + b"".join(emptied) + call + b"\x0b"


def _left(segment: DataSegment, later: Sequence[DataSegment]) -> list[tuple[int, int]]:
    """What is left of a segment in its memory by those that are written after it."""
    assert segment.base is not None
    left = [(segment.base, segment.base + segment.end - segment.start)]
    for other in later:
        if other.memory == segment.memory and other.base is not None:
            begin, end = other.base, other.base + other.end - other.start
            cut = [((one, min(two, begin)), (max(one, end), two)) for one, two in left]
            left = [(one, two) for both in cut for one, two in both if one < two]
    return left


def _constant(value: int, *, is64: bool) -> bytes:
    bits = 64 if is64 else 32
    return (b"\x42" if is64 else b"\x41") + signed(value - (value >> bits - 1 << bits))

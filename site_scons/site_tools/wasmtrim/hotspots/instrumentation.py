"""A module that counts its own fuel, by function and call stack: bytes -> bytes.

What is counted is what wasmtime 50 charges (its `func_environ.rs` and `tunables.rs`): one for each
operator but for nop, drop, block, loop, else, end, return and unreachable, one more for each call
of a function, and one for each byte, page or element that an operator is asked for. A straight run
of instructions is counted as it begins, so that a trap in it leaves a few too many.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from wasmtrim.engine.core import PLANTED, PROFILE
from wasmtrim.errors import ModuleError
from wasmtrim.hotspots.instructions import get, i32, put, tee
from wasmtrim.hotspots.runtime import ENTER_TYPE, MOVE_TYPE, Runtime
from wasmtrim.wasm import bodies, encodings, limits, sections
from wasmtrim.wasm.cursor import Cursor
from wasmtrim.wasm.leb128 import signed, unsigned
from wasmtrim.wasm.limits import Limit
from wasmtrim.wasm.module import Module
from wasmtrim.wasm.rewriting import Planted, rewritten

_LOOP, _END, _RETURN, _CALL, _TRY_TABLE, _GROW = 0x03, 0x0B, 0x0F, 0x10, 0x1F, 0x40
_TAIL_CALLS: Final = frozenset((0x12, 0x13, 0x15))
_FREE: Final = frozenset((0x00, 0x01, 0x02, _LOOP, 0x05, _END, _RETURN, 0x1A))
# After these the next instruction is come to by itself, or in another way as well: unreachable,
# loop, if, else, throw, throw_ref, end, branches, return, calls, br_on_null, br_on_non_null.
_CUTS: Final = frozenset(
    (
        *(0x00, _LOOP, 0x04, 0x05, 0x08, 0x0A, _END, 0x0C, 0x0D, 0x0E, _RETURN),
        *(_CALL, 0x11, 0x12, 0x13, 0x14, 0x15, 0xD5, 0xD6),
    )
)
_GC_CUTS: Final = frozenset((0x18, 0x19, 0x25, 0x26))  # br_on_cast and the like
# Proposals that wasmtime does not run by default: the first form of exceptions, stack switching.
_REFUSED: Final = frozenset((0x06, 0x07, 0x09, 0x18, 0x19, *range(0xE0, 0xE7)))
_GC, _BULK = 0xFB, 0xFC
# Charged by the number on top of the stack, as memory.grow is: array.new, new_default, new_data,
# new_elem, fill, copy, init_data, init_elem; memory.init, copy, fill, table.init, copy, grow, fill.
_SIZED: Final = {
    _GC: frozenset((0x06, 0x07, 0x09, 0x0A, 0x10, 0x11, 0x12, 0x13)),
    _BULK: frozenset((0x08, 0x0A, 0x0B, 0x0C, 0x0E, 0x0F, 0x11)),
}
_BY_SEGMENT: Final = frozenset((0x08, 0x0C))  # memory.init and table.init, whose size is an i32
_BY_TABLE: Final = frozenset((0x0E, 0x0F, 0x11))
_LOCALS = Limit("locals", limits.MODULE_BYTES)
FUEL: Final = f"{PLANTED}fuel"


@dataclass(frozen=True)
class Entry:
    """What is told of each call of a function: instructions that give an i64 each.

    `calls` is how many calls it is, `size` how many bytes are asked for.
    """

    calls: bytes = b"\x42\x01"
    size: bytes = b"\x42\x00"


def runtime_of(module: Module) -> Runtime:
    """What a module gets to keep its stack."""
    return Runtime(len(module.globals), len(module.memories), len(module.functions))


def instrumented(module: Module, entries: Mapping[int, Entry]) -> bytes:
    """The module with the counters; the functions in `entries` tell more of their calls.

    Raises ModuleError where a body is not a sequence of instructions, or one is not handled.
    """
    runtime = runtime_of(module)
    planting = _Planting(module, runtime)
    found = {
        index: planting.body(index, entries.get(index, Entry()))
        for index in range(module.imported_functions, len(module.functions))
    }
    first = len(module.types)
    functions = ((first, runtime.enter()), (first + 1, runtime.move()))
    planted = Planted(planting.types, functions, (PROFILE, runtime.memory_type))
    return rewritten(module, found, [FUEL], planted)


@dataclass
class _Planting:
    """`types` are those that the planted functions and the blocks around bodies need."""

    module: Module
    runtime: Runtime
    types: list[bytes] = field(default_factory=lambda: [ENTER_TYPE, MOVE_TYPE])

    def body(self, index: int, entry: Entry) -> bytes:
        """A function's body in a block, so that all branches out of it come to one place."""
        module = self.module
        cursor = Cursor(module.data, *module.body(index), f"code section, function {index}")
        groups, declared, count = _locals(cursor)
        place = _Places(len(module.function_type(index).params) + count)
        code = [*bodies.instructions(module, index)]
        pieces = b"".join(self._counted(code, place))
        enter = i32(index) + entry.calls + entry.size + self.call(0)
        return b"".join(
            (
                *(unsigned(groups + 2), declared, b"\x03\x7f\x01\x7e"),  # three i32, an i64
                *(enter, put(place.before), self.runtime.current(), put(place.own)),
                *(b"\x02", self._results(module.functions[index]), pieces),
                *(get(place.before), self.call(1), b"\x0b"),
            )
        )

    def _counted(self, code: list[tuple[int, int]], place: _Places) -> Iterator[bytes]:
        """The instructions, with a counter at the beginning of each straight run."""
        data = self.module.data
        catches = any(data[start] == _TRY_TABLE for start, _ in code)
        run, cost = [b""], 1  # a call of a function costs one by itself
        for start, end in code:
            operator = data[start]
            if operator in _REFUSED:
                raise ModuleError(
                    f"0x{operator:02x} is of a proposal whose fuel is not counted",
                    section="code section",
                    offset=start,
                )
            cost += operator not in _FREE
            written = data[start:end]
            second = _index(data, start + 1) if operator in (_GC, _BULK) else -1
            if operator == _GROW or second in _SIZED.get(operator, ()):
                run.append(self._sized(data, start, end, place))
            elif operator == _RETURN or operator in _TAIL_CALLS:
                run += (get(place.before), self.call(1))
            if operator == _CALL and (callee := _index(data, start + 1)) in self._imported:
                written = self._imported_call(callee, written, place)
            run.append(written)
            if operator in _CUTS or (operator == _GC and second in _GC_CUTS):
                run[0] = self._count(cost)
                yield b"".join(run)
                run, cost = [b""], 0
                if catches and operator in (_LOOP, _END) and end != code[-1][1]:
                    # An exception may have come here, from functions that it has left.
                    yield get(place.own) + self.call(1)

    @property
    def _imported(self) -> range:
        return range(self.module.imported_functions)

    def call(self, planted: int) -> bytes:
        """Call one of the runtime's functions."""
        return b"\x10" + unsigned(len(self.module.functions) + planted)

    def _imported_call(self, callee: int, written: bytes, place: _Places) -> bytes:
        """Call a function that can't tell of it by itself."""
        told = i32(callee) + Entry.calls + Entry.size + self.call(0)
        return told + put(place.own) + written + get(place.own) + self.call(1)

    def _count(self, cost: int) -> bytes:
        return self._add(b"\x42" + signed(cost)) if cost else b""

    def _add(self, value: bytes) -> bytes:
        fuel = unsigned(self.runtime.fuel)
        return b"\x23" + fuel + value + b"\x7c\x24" + fuel  # global.get, i64.add, global.set

    def _sized(self, data: bytes, start: int, end: int, place: _Places) -> bytes:
        """Count the number on top of the stack, and leave it there."""
        if self._is64(data, start, end):
            return tee(place.size64) + self._add(get(place.size64))
        return tee(place.size32) + self._add(get(place.size32) + b"\xad")  # i64.extend_i32_u

    def _is64(self, data: bytes, start: int, end: int) -> bool:
        """Whether a size is an i64: where each memory or table that is named is of that kind."""
        cursor = Cursor(data, start + 1, end, "code section")
        second = cursor.u32("an operator") if data[start] == _BULK else -1
        if data[start] == _GC or second in _BY_SEGMENT:
            return False
        spaces = self.module.tables if second in _BY_TABLE else self.module.memories
        named = []
        while cursor.pos < end:
            named.append(cursor.index(len(spaces), "memory or table"))
        return all(spaces[index].is64 for index in named)

    def _results(self, kind: int) -> bytes:
        """The type of a block that gives what a function of this type does."""
        cursor = Cursor(self.module.data, 0, len(self.module.data), "type section")
        cursor.pos = self.module.starts[sections.TYPE][kind]
        written = encodings.written_results(cursor)
        if written[0] == 0:
            return b"\x40"
        if written[0] == 1:
            return written[1:]
        entry = b"\x60\x00" + written
        if entry not in self.types:
            self.types.append(entry)
        return signed(len(self.module.types) + self.types.index(entry))


@dataclass(frozen=True)
class _Places:
    """The locals that a function gets, from `before` on: the node that it was called from, its own,
    and room for a size of each type."""

    before: int

    @property
    def own(self) -> int:
        return self.before + 1

    @property
    def size32(self) -> int:
        return self.before + 2

    @property
    def size64(self) -> int:
        return self.before + 3


def _locals(cursor: Cursor) -> tuple[int, bytes, int]:
    """The groups of locals that begin a body: their number, as they are written, and all locals."""
    groups = cursor.count(_LOCALS)
    start, count = cursor.pos, 0
    for _ in range(groups):
        count += cursor.u32("a number of locals")
        encodings.value_type(cursor)
    return groups, cursor.data[start : cursor.pos], count


def _index(data: bytes, at: int) -> int:
    return Cursor(data, at, len(data), "code section").u32("an index")

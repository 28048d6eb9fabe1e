"""What Go's runtime reads of its function table only to say where in the sources code is.

Zeroing these bytes takes them away: they are tables that nothing else shares, and the fields that
point to them. A field of zero means "no table" or "no name" (runtime/symtab.go, `pcvalue` and
`funcName`), so the runtime answers `?:0` and reads none of the tables.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from wasmtrim.wasm.golang import version
from wasmtrim.wasm.golang.pclntab import (
    ABSENT,
    ENTRY,
    FUNC,
    INL_TREE,
    INL_TREE_INDEX,
    INLINED,
    Table,
)
from wasmtrim.wasm.golang.version import Layout

PCTAB, UNITS, FILES, NAMES = "pcfile and pcln", "cutab", "filetab", "funcnametab"
POINTERS = "pointers to them"

# By name, the runtime tells its own goroutines and frames (`isSystemGoroutine`, `showfuncinfo`),
# finds the arguments of reflect's stubs for the garbage collector (`getArgInfo`, stkframe.go), and
# reflect finds the method for its panics (`valueMethodName`).
_KEPT = (b"runtime.", b"runtime/", b"internal/runtime/", b"reflect.")

# A pc-value table: pairs of varints, of which only the first may begin with a zero; then a zero.
_VARINT = rb"[\x80-\xff]{0,4}+[\x00-\x7f]"
_PC_VALUES = re.compile(rb"%b%b(?:(?!\x00)%b%b)*+\x00" % (_VARINT, _VARINT, _VARINT, _VARINT))
_PAIR = re.compile(rb"(%b)%b" % (_VARINT, _VARINT))
_U32 = struct.Struct("<I")
_LINES_LENGTH = 14  # place of len(moduledata.pclntable), in words


class Span(NamedTuple):  # there are tens of thousands, to be sorted
    """The bytes `start..end` of linear memory; `what` is one of the constants above."""

    start: int
    end: int
    what: str


def same_but_for(spans: Iterable[Span], table: Table, memory: bytes) -> bool:
    """Return whether `memory` is the table's, whatever it has in the places of the spans."""
    was, now = bytearray(table.memory), bytearray(memory)
    for span in spans:
        start, end = span.start - table.base, span.end - table.base
        was[start:end] = now[start:end] = bytes(end - start)
    return was == now


@dataclass(frozen=True, slots=True)
class _Name:
    """Where it is; whether the runtime needs it whatever it names, or if it names a wrapper."""

    start: int
    end: int
    kept: bool
    of_method: bool


def spans(table: Table, *, names: bool) -> list[Span]:
    """The bytes that only tell positions, sorted; with `names`, function names as well.

    Raises ValueError, with the reason, where the version isn't known or a table isn't as that
    version's linker writes it.
    """
    layout = _layout(table)
    read = _Reader(table, layout, names)
    for start, fields in _functions(table, layout):
        read.function(start, fields)
    parts = {
        POINTERS: read.pointers,
        PCTAB: read.pctab(),
        UNITS: [(table.units, table.files)],
        FILES: [(table.files, table.values)],
        NAMES: read.dropped_names(),
    }
    return _joined(
        Span(start + table.base, end + table.base, what)
        for what, places in parts.items()
        for start, end in places
    )


def _joined(found: Iterable[Span]) -> list[Span]:
    """The spans in order, with neighbours of one kind as one."""
    joined: list[Span] = []
    for span in sorted(found):
        last = joined[-1] if joined else Span(0, 0, "")
        if span.start < last.end:
            raise ValueError("two of its tables overlap")
        if span.start == last.end and span.what == last.what:
            joined[-1] = Span(last.start, span.end, span.what)
        elif span.start < span.end:
            joined.append(span)
    return joined


def _layout(table: Table) -> Layout:
    if table.version is None:
        raise ValueError("the version of its Go is not in it")
    if table.layout is None:
        first, last = min(version.LAYOUTS), max(version.LAYOUTS)
        raise ValueError(f"it is by Go 1.{table.version}; 1.{first} to 1.{last} are known")
    at = table.moduledata
    if at is None or at + 8 * 64 > len(table.memory):
        raise ValueError("its moduledata is missing")
    # pcHeader, then a slice each: names, units, files, values, lines, and the entries in lines.
    words = struct.unpack_from("<19Q", table.memory, at)
    parts = (table.names, table.units, table.files, table.values, table.lines)
    known = [part + table.base for part in (*parts, table.lines)]
    ends = (*parts[1:], len(table.memory))
    room = [end - start for start, end in zip(parts, ends, strict=True)]
    if (
        list(words[1::3]) != known
        or any(size > most for size, most in zip(words[2::3], room, strict=False))
        or words[17] != table.count + 1
    ):
        raise ValueError("its moduledata is not as its linker writes it")
    return table.layout


def _functions(table: Table, layout: Layout) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Where the `_func` of each function is, and its fields."""
    memory, before, last = table.memory, -1, table.lines + table.count * ENTRY.size + _U32.size
    assert table.moduledata is not None
    (size,) = struct.unpack_from("<Q", memory, table.moduledata + 8 * _LINES_LENGTH)
    end = table.lines + size
    for place in range(table.count):
        entry, offset = ENTRY.unpack_from(memory, table.lines + place * ENTRY.size)
        start = table.lines + offset
        if entry < before or start < last or start + FUNC.size > end:
            raise ValueError(f"function {place} of its table is not where it should be")
        fields = FUNC.unpack_from(memory, start)
        last = start + FUNC.size + _U32.size * (fields[7] + fields[13])
        if fields[0] != entry or fields[10] > layout.wrapper or last > end:
            raise ValueError(f"function {place} of its table is not as its linker writes it")
        before = entry
        yield start, fields


@dataclass
class _Reader:
    """Goes through the functions; places are in `table.memory`."""

    table: Table
    layout: Layout
    names: bool
    pointers: list[tuple[int, int]] = field(default_factory=list)
    _positions: set[int] = field(default_factory=set)  # offsets of tables in pctab
    _others: set[int] = field(default_factory=set)
    _ends: dict[int, int] = field(default_factory=dict)  # of those tables
    _largest: dict[int, int] = field(default_factory=dict)  # their largest values
    _names: dict[int, _Name] = field(default_factory=dict)  # by offset
    _stay: set[int] = field(default_factory=set)  # offsets of names
    _trees: set[tuple[int, int]] = field(default_factory=set)
    _left: int = 0  # bytes of tables and trees, which don't overlap in a sound module

    def __post_init__(self) -> None:
        self._left = len(self.table.memory)

    def function(self, start: int, fields: tuple[int, ...]) -> None:
        _, name, _, _, pcsp, pcfile, pcln, pcdata, _, _, identity, _, _, funcdata = fields
        at = start + FUNC.size
        tables = struct.unpack_from(f"<{pcdata}I", self.table.memory, at)
        self._positions.update((pcfile, pcln))
        self._others.update((pcsp, *tables))
        self.pointers += [(start + 20, start + 28), (start + 32, start + 40)]
        if not self._stays(name, wrapper=identity == self.layout.wrapper):
            self.pointers.append((start + 4, start + 8))
        if pcdata > INL_TREE_INDEX and funcdata > INL_TREE and tables[INL_TREE_INDEX]:
            (tree,) = _U32.unpack_from(self.table.memory, at + _U32.size * (pcdata + INL_TREE))
            if tree != ABSENT:
                self._tree(tree, tables[INL_TREE_INDEX])

    def _tree(self, tree: int, indices: int) -> None:
        """The callees that became part of a function."""
        trees, memory = self.table.funcdata, self.table.memory
        if trees is None:
            raise ValueError("its functions' inlined callees are missing")
        if (tree, indices) in self._trees:
            return
        self._trees.add((tree, indices))
        start = trees + tree
        end = start + INLINED.size * (self._largest_value(indices) + 1)
        self._spend(end - start)
        if end > len(memory):
            raise ValueError("its functions' inlined callees are not in its memory")
        for at in range(start, end, INLINED.size):
            identity, name, _, _ = INLINED.unpack_from(memory, at)
            if identity > self.layout.wrapper or any(memory[at + 1 : at + 4]):
                raise ValueError("an inlined callee is not as its linker writes it")
            self.pointers.append((at + 12, at + 16))
            if not self._stays(name, wrapper=False):
                self.pointers.append((at + 4, at + 8))

    def _stays(self, offset: int, *, wrapper: bool) -> bool:
        """Whether the name at `offset` stays; `panicwrap` reads a wrapper's."""
        if not self.names:
            return True
        name = self._names.get(offset)
        if name is None:
            name = self._names[offset] = self._name(offset)
        stays = name.kept or (wrapper and name.of_method)
        if stays:
            self._stay.add(offset)
        return stays

    def _name(self, offset: int) -> _Name:
        memory, start = self.table.memory, self.table.names + offset
        end = memory.find(b"\0", start, self.table.units) if offset >= 0 else -1
        if end < 0 or (offset and memory[start - 1]):
            raise ValueError("a function's name is not where it should be")
        name = memory[start:end]
        return _Name(start, end, name.startswith(_KEPT) or b"." not in name, b"(" in name)

    def dropped_names(self) -> list[tuple[int, int]]:
        dropped = self._names.keys() - self._stay
        return [(self._names[at].start, self._names[at].end) for at in dropped]

    def pctab(self) -> list[tuple[int, int]]:
        """The tables of file and line that aren't any other's too. They must not overlap."""
        used = sorted((self._positions | self._others) - {0})
        ends = [self._end(offset) for offset in used]
        starts = [self.table.values + offset for offset in used]
        if any(end > start for end, start in zip(ends, starts[1:], strict=False)):
            raise ValueError("two of its pc tables overlap")
        return [
            (start, end)
            for offset, start, end in zip(used, starts, ends, strict=True)
            if offset not in self._others
        ]

    def _end(self, offset: int) -> int:
        end = self._ends.get(offset)
        if end is None:
            start = self.table.values + offset
            found = _PC_VALUES.match(self.table.memory, start, self.table.lines)
            if not found:
                raise ValueError("one of its pc tables has no end")
            self._ends[offset] = end = found.end()
            self._spend(end - start)
        return end

    def _largest_value(self, offset: int) -> int:
        """The largest value of a table; each is a difference to the one before, from -1 on."""
        largest = self._largest.get(offset)
        if largest is None:
            at, value, largest = self.table.values + offset, -1, -1
            for pair in _PAIR.finditer(self.table.memory, at, self._end(offset) - 1):
                delta = 0
                for byte in reversed(pair[1]):
                    delta = delta << 7 | byte & 0x7F
                value += delta >> 1 if not delta & 1 else ~(delta >> 1)
                largest = max(largest, value)
            self._largest[offset] = largest
        return largest

    def _spend(self, size: int) -> None:
        """Bound the work: tables may be shared and overlap without end."""
        self._left -= size
        if self._left < 0:
            raise ValueError("its tables overlap")

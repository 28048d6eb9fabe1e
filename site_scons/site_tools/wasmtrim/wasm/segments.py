"""Element and data segments: what is written into tables and memories (specification, 5.5)."""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass
from typing import NamedTuple

from wasmtrim.wasm import limits
from wasmtrim.wasm.constants import expression
from wasmtrim.wasm.cursor import Cursor
from wasmtrim.wasm.encodings import value_type
from wasmtrim.wasm.immediates import S32, S64

# i32.const or i64.const, then end: nearly every segment's offset.
_PLAIN_OFFSET = re.compile(rb"(?:(?P<i32>\x41)" + S32 + rb"|\x42" + S64 + rb")\x0b")


@dataclass(frozen=True, slots=True)
class ElementSegment:
    """`functions` are the functions that it puts into a table, in order; -1 for what is none.

    `mode` is active, passive or declarative. `base` is the first table slot of an active segment,
    where that is a plain constant.
    """

    mode: str
    table: int
    base: int | None
    functions: array[int]


class DataSegment(NamedTuple):  # standard Go's modules have tens of thousands
    """`data[start:end]` of the file is written to the memory at address `base`, if known."""

    mode: str
    memory: int
    base: int | None
    start: int
    end: int


_NO_FUNCTIONS = array("i")


def element_segment(cursor: Cursor, tables: int, functions: int) -> ElementSegment:
    """Reads one; `tables` and `functions` are how many of them there are."""
    start = cursor.pos
    flags = cursor.u32("an element segment's flags")
    if flags > 7:
        raise cursor.error(f"{flags} are not flags of an element segment; 0 to 7 are", start)
    table, base = 0, None
    if flags & 1:
        mode = "declarative" if flags & 2 else "passive"
    else:
        mode = "active"
        table = cursor.index(tables, "table") if flags & 2 else 0
        base = _offset(cursor, "an element segment's offset")
    if flags & 4:
        if flags & 3:
            value_type(cursor)
        return ElementSegment(mode, table, base, _expressions(cursor, functions))
    if flags & 3:
        kind = cursor.byte("an element kind")
        if kind != 0:
            raise cursor.error(f"0x{kind:02x} is not an element kind; only 00 is", cursor.pos - 1)
    return ElementSegment(mode, table, base, _indices(cursor, functions))


def _indices(cursor: Cursor, functions: int) -> array[int]:
    count = cursor.count(limits.TABLE_ENTRIES)
    if count == 0:
        return _NO_FUNCTIONS  # one for all, as there may be millions of empty segments
    return array("i", [cursor.index(functions, "function") for _ in range(count)])


def _expressions(cursor: Cursor, functions: int) -> array[int]:
    entries = array("i")
    for _ in range(cursor.count(limits.TABLE_ENTRIES, 2)):
        start = cursor.pos
        found = [reference.function for reference in expression(cursor, "an element")]
        for index in found:
            if index >= functions:
                raise cursor.error(f"function {index} does not exist, there are {functions}", start)
        # More than one: a structure that holds references. One slot, which keeps them all.
        entries.extend(found or [-1])
    return entries


def data_section(cursor: Cursor, memories: int) -> tuple[list[DataSegment], array[int]]:
    """The segments, and where each begins; `memories` is how many there are."""
    segments: list[DataSegment] = []
    starts: list[int] = []
    count = cursor.count(limits.DATA_SEGMENTS, 2)
    data, pos, last = cursor.data, cursor.pos, cursor.end
    make = tuple.__new__  # the constructor takes twice the time
    near = last - 7 if memories else 0  # below it, all that is looked at is there
    for _ in range(count):
        starts.append(pos)
        # Nearly all are active, of memory 0, short, and at an i32.const below 2^27: read without
        # the calls of a cursor, which would take most of the time.
        if pos < near and data[pos] == 0 and data[pos + 1] == 0x41:
            at = pos + 2
            byte = data[at]
            base = shift = 0
            while byte >= 0x80 and shift < 21:
                base |= (byte & 0x7F) << shift
                shift += 7
                at += 1
                byte = data[at]
            begin = at + 3
            end = begin + data[at + 2]
            if byte < 0x40 and data[at + 1] == 0x0B and end - begin < 0x80 and end <= last:
                base |= byte << shift
                segments.append(make(DataSegment, ("active", 0, base, begin, end)))
                pos = end
                continue
        cursor.pos = pos
        segments.append(_data_segment(cursor, memories))
        pos = cursor.pos
    cursor.pos = pos
    return segments, array("I", starts)


def _data_segment(cursor: Cursor, memories: int) -> DataSegment:
    start = cursor.pos
    flags = cursor.u32("a data segment's flags")
    if flags > 2:
        raise cursor.error(f"{flags} are not flags of a data segment; 0, 1 and 2 are", start)
    mode, memory, base = "passive", 0, None
    if flags != 1:
        mode = "active"
        if flags == 2:
            memory = cursor.index(memories, "memory")
        elif memories == 0:
            raise cursor.error("memory 0 does not exist, there are 0", start)
        base = _offset(cursor, "a data segment's offset")
    size = cursor.u32("a data segment's size")
    begin = cursor.pos
    cursor.skip(size, "a data segment")
    return DataSegment(mode, memory, base, begin, cursor.pos)


def _offset(cursor: Cursor, what: str) -> int | None:
    """Moves past an offset; its value where it is one constant, as an unsigned number."""
    plain = _PLAIN_OFFSET.match(cursor.data, cursor.pos, cursor.end)
    if not plain:
        expression(cursor, what)
        return None
    cursor.pos += 1
    bits = 32 if plain["i32"] else 64
    value = cursor.signed(bits, what)
    cursor.pos = plain.end()
    return value % (1 << bits)

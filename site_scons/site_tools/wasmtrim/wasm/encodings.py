"""Types as the binary format writes them (specification 3.0, section 5.3), made into `types`."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import TypeAlias

from wasmtrim.wasm import limits
from wasmtrim.wasm.cursor import Cursor
from wasmtrim.wasm.types import PAGE_BYTES, FuncType, GlobalType, MemoryType, TableType

_NUMBERS = {0x7F: "i32", 0x7E: "i64", 0x7D: "f32", 0x7C: "f64", 0x7B: "v128"}
_HEAP = {
    0x75: "nocont",
    0x74: "noexn",
    0x73: "nofunc",
    0x72: "noextern",
    0x71: "none",
    0x70: "func",
    0x6F: "extern",
    0x6E: "any",
    0x6D: "eq",
    0x6C: "i31",
    0x6B: "struct",
    0x6A: "array",
    0x69: "exn",
    0x68: "cont",
    0x67: "string",
}
_SHORT = {  # every other abstract heap type's short form is its name with "ref"
    "none": "nullref",
    "nofunc": "nullfuncref",
    "noextern": "nullexternref",
    "noexn": "nullexnref",
    "nocont": "nullcontref",
}
_VALUES = _NUMBERS | {code: _SHORT.get(heap, f"{heap}ref") for code, heap in _HEAP.items()}
_NULLABLE, _NOT_NULL, _EXACT, _SHARED = 0x63, 0x64, 0x62, 0x65
_PACKED = {0x78: "i8", 0x77: "i16"}


@dataclass(frozen=True, slots=True)
class OpaqueType:
    """A type that no import or export can have by itself: a struct, an array, a continuation."""

    kind: str


DefinedType: TypeAlias = FuncType | OpaqueType


def type_section(cursor: Cursor) -> tuple[tuple[DefinedType, ...], array[int]]:
    """The type index space, and where each entry begins (a group's first one with the group)."""
    types: list[DefinedType] = []
    starts = array("I")
    known: dict[DefinedType, DefinedType] = {}  # one object for all that are equal
    for _ in range(cursor.count(limits.RECURSION_GROUPS)):
        start = cursor.pos
        members = 1
        if _peek(cursor) == 0x4E:
            cursor.pos += 1
            members = cursor.count(limits.TYPES)
        cursor.check(len(types) + members, limits.TYPES, start)
        for _ in range(members):
            starts.append(start)
            entry = _sub_type(cursor)
            types.append(known.setdefault(entry, entry))
            start = cursor.pos
    return tuple(types), starts


def _sub_type(cursor: Cursor) -> DefinedType:
    start = cursor.pos
    code = cursor.byte("a type")
    if code in (0x50, 0x4F):
        for _ in range(cursor.count(limits.SUPERTYPES)):
            cursor.u32("a supertype")
        start = cursor.pos
        code = cursor.byte("a type")
    if code == _SHARED:
        code = cursor.byte("a shared type")
    while code in (0x4C, 0x4D):  # custom descriptors: `describes` and `descriptor`
        cursor.u32("a descriptor's type")
        code = cursor.byte("a type")
    if code == 0x60:
        params = tuple([value_type(cursor) for _ in range(cursor.count(limits.PARAMETERS))])
        results = tuple([value_type(cursor) for _ in range(cursor.count(limits.RESULTS))])
        return FuncType(params, results)
    if code == 0x5F:
        for _ in range(cursor.count(limits.FIELDS, 2)):
            _field(cursor)
        return _STRUCT
    if code == 0x5E:
        _field(cursor)
        return _ARRAY
    if code == 0x5D:
        cursor.s33("a continuation's type")
        return _CONTINUATION
    raise cursor.error(f"0x{code:02x} is not a type", start)


_STRUCT, _ARRAY, _CONTINUATION = OpaqueType("struct"), OpaqueType("array"), OpaqueType("cont")


def written_results(cursor: Cursor) -> bytes:
    """The results of the function type whose entry begins here, as they are written: a vector."""
    if _peek(cursor) == 0x4E:  # the first one of a group
        cursor.pos += 1
        cursor.count(limits.TYPES)
    start = cursor.pos
    _sub_type(cursor)
    end, cursor.pos = cursor.pos, start
    while cursor.byte("a type") != 0x60:
        if cursor.data[cursor.pos - 1] in (0x50, 0x4F):
            for _ in range(cursor.count(limits.SUPERTYPES)):
                cursor.u32("a supertype")
        elif cursor.data[cursor.pos - 1] != _SHARED:
            cursor.u32("a descriptor's type")
    for _ in range(cursor.count(limits.PARAMETERS)):
        value_type(cursor)
    return cursor.data[cursor.pos : end]


def _field(cursor: Cursor) -> None:
    if _peek(cursor) in _PACKED:
        cursor.pos += 1
    else:
        value_type(cursor)
    mutable = cursor.byte("a field's mutability")
    if mutable > 1:
        raise cursor.error(f"a field's mutability is 0 or 1, not {mutable}", cursor.pos - 1)


def value_type(cursor: Cursor) -> str:
    """A number, vector or reference type, as its text."""
    start = cursor.pos
    code = cursor.byte("a value type")
    text = _VALUES.get(code)
    if text is not None:
        return text
    if code in (_NULLABLE, _NOT_NULL):
        null = "null " if code == _NULLABLE else ""
        return f"(ref {null}{heap_type(cursor)})"
    if code == _SHARED:
        return f"(ref null shared {_abstract(cursor)})"
    raise cursor.error(f"0x{code:02x} is not a value type", start)


def heap_type(cursor: Cursor) -> str:
    code = _peek(cursor)
    if code == _SHARED:
        cursor.pos += 1
        return f"shared {_abstract(cursor)}"
    if code == _EXACT:
        cursor.pos += 1
        return f"exact {cursor.u32('an exact heap type')}"
    if code in _HEAP:
        return _abstract(cursor)
    start = cursor.pos
    index = cursor.s33("a heap type")
    if index < 0:
        raise cursor.error(f"0x{code:02x} is not a heap type", start)
    return str(index)


def _abstract(cursor: Cursor) -> str:
    code = cursor.byte("a heap type")
    if code not in _HEAP:
        raise cursor.error(f"0x{code:02x} is not a heap type", cursor.pos - 1)
    return _HEAP[code]


def _peek(cursor: Cursor) -> int:
    """The next byte, or -1 at the end of the section."""
    return cursor.data[cursor.pos] if cursor.pos < cursor.end else -1


def memory_type(cursor: Cursor) -> MemoryType:
    start = cursor.pos
    flags = cursor.byte("a memory's flags")
    if flags & ~0x0F:
        raise cursor.error(f"0x{flags:02x} are not flags of a memory", start)
    minimum, maximum = _bounds(cursor, flags)
    page = PAGE_BYTES
    if flags & 8:
        start = cursor.pos
        power = cursor.u32("the page size's power of two")
        if power > 16:
            raise cursor.error(f"a page of 2^{power} bytes; at most 2^16 are allowed", start)
        page = 1 << power
    return MemoryType(minimum, maximum, bool(flags & 2), bool(flags & 4), page)


def table_type(cursor: Cursor) -> TableType:
    element = value_type(cursor)
    start = cursor.pos
    flags = cursor.byte("a table's flags")
    if flags & ~0x07:
        raise cursor.error(f"0x{flags:02x} are not flags of a table", start)
    minimum, maximum = _bounds(cursor, flags)
    return TableType(element, minimum, maximum, bool(flags & 2), bool(flags & 4))


def global_type(cursor: Cursor) -> GlobalType:
    value = value_type(cursor)
    start = cursor.pos
    flags = cursor.byte("a global's mutability")
    if flags & ~0x03:
        raise cursor.error(f"0x{flags:02x} is not the mutability of a global", start)
    return GlobalType(value, bool(flags & 1), bool(flags & 2))


def _bounds(cursor: Cursor, flags: int) -> tuple[int, int | None]:
    number = cursor.u64 if flags & 4 else cursor.u32
    minimum = number("a minimum")
    return minimum, number("a maximum") if flags & 1 else None

"""Custom sections: which hold no index, and how those are written that hold functions' numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from wasmtrim.stages.layout.relocatable import Numbers, Place, Widths
from wasmtrim.wasm import Module, leb128, limits, names
from wasmtrim.wasm.cursor import Cursor
from wasmtrim.wasm.limits import Limit
from wasmtrim.wasm.sections import Section

HINTS = "metadata.code.branch_hint"
# What compilers say of themselves, and types of components: neither an index nor an offset.
_WITHOUT_INDICES = ("producers", "target_features", "build_id", "go:buildid")
_COMPONENT_TYPE = "component-type"
_FUNCTIONS, _LOCALS, _LABELS, _FIELDS = 1, 2, 3, 10  # kinds of names, each in a subsection
_DATA = 9
_HINTS = Limit("branch hints", limits.MODULE_BYTES)
_NAMES = Limit("names", limits.MODULE_BYTES)


def unknown(module: Module) -> str | None:
    """The first custom section that may hold indices or offsets that we don't know."""
    known = {names.SECTION, HINTS, *_WITHOUT_INDICES}
    for section in module.customs():
        if section.name not in known and not section.name.startswith(_COMPONENT_TYPE):
            return section.name
    return None


SegmentNames: TypeAlias = tuple[int, bytes]  # which subsection it is, and its contents


@dataclass(frozen=True)
class Names:
    """The name section: subsections by their ids; what names functions is split by function.

    Names of data segments are apart, since they go with the segments that are cut again.
    """

    subsections: Sequence[tuple[int, bytes | Sequence[tuple[int, bytes]]]]
    segments: SegmentNames | None

    def write(
        self, numbers: Numbers, number: Callable[[int], int], segments: SegmentNames | None
    ) -> bytes:
        """The contents; `number` gives a function's."""
        subsections = [*self.subsections]
        if segments:
            subsections.insert(segments[0], (_DATA, segments[1]))
        out = []
        for at, (kind, content) in enumerate(subsections):
            if not isinstance(content, bytes):
                entries = sorted(content, key=lambda entry: number(entry[0]))
                content = leb128.unsigned(len(entries)) + b"".join(
                    leb128.unsigned(number(function)) + rest for function, rest in entries
                )
            size = numbers.value(len(content), "subsection", at)
            out += [bytes([kind]), size, content]
        return b"".join(out)


def read_names(data: bytes, section: Section, widths: Widths) -> Names:
    """Raises ModuleError where the section is broken."""
    cursor = section.cursor(data)
    subsections: list[tuple[int, bytes | list[tuple[int, bytes]]]] = []
    segments: SegmentNames | None = None
    count = 0
    while cursor.pos < cursor.end:
        kind = cursor.byte("a subsection's id")
        size = sized(cursor, "subsection", count, widths)
        start = cursor.pos
        cursor.skip(size, "the names")
        if kind in (_FUNCTIONS, _LOCALS, _LABELS):
            inner = Cursor(data, start, cursor.pos, section.title)
            skip = _skip_name if kind == _FUNCTIONS else _skip_map
            entries = []
            for _ in range(inner.count(_NAMES, 2)):
                function = inner.u32("a function")
                begin = inner.pos
                skip(inner)
                entries.append((function, data[begin : inner.pos]))
            inner.done("the names")
            subsections.append((kind, entries))
        elif kind == _DATA and segments is None:
            segments = count, data[start : cursor.pos]
        else:
            subsections.append((kind, data[start : cursor.pos]))
        count += 1
    return Names(subsections, segments)


def _skip_name(cursor: Cursor) -> None:
    cursor.skip(cursor.u32("a name's length"), "a name")


def _skip_map(cursor: Cursor) -> None:
    for _ in range(cursor.count(_NAMES, 2)):
        cursor.u32("an index")
        _skip_name(cursor)


def sized(cursor: Cursor, part: str, entry: int, widths: Widths) -> int:
    """Reads a size; where it is longer than it must be, that goes to `widths`."""
    start = cursor.pos
    size = cursor.u32("a size")
    if cursor.pos - start > leb128.unsigned_size(size):
        widths[part, entry, 0] = cursor.pos - start
    return size


@dataclass(frozen=True)
class Hints:
    """Branch hints by function: where in its body, and what (branch hinting, binary format)."""

    functions: Sequence[tuple[int, Sequence[tuple[Place, bytes]]]]

    def write(self, number: Callable[[int], int], offset: Callable[[int, Place], int]) -> bytes:
        """The contents; `offset` gives that of a place in a function's body."""
        out = [leb128.unsigned(len(self.functions))]
        for function, hints in sorted(self.functions, key=lambda entry: number(entry[0])):
            out += [leb128.unsigned(number(function)), leb128.unsigned(len(hints))]
            for place, rest in hints:
                out += [leb128.unsigned(offset(function, place)), rest]
        return b"".join(out)


def read_hints(data: bytes, section: Section, place: Callable[[int, int], Place | None]) -> Hints:
    """`place` finds that of an offset in a function. Raises ModuleError where one has none."""
    cursor = section.cursor(data)
    functions = []
    for _ in range(cursor.count(_HINTS, 2)):
        function = cursor.u32("a function")
        hints = []
        for _ in range(cursor.count(_HINTS, 2)):
            at = cursor.pos
            found = place(function, cursor.u32("a hint's offset"))
            if found is None:
                raise cursor.error("the hint is for no instruction", at)
            begin = cursor.pos
            cursor.skip(cursor.u32("a hint's size"), "a hint")
            hints.append((found, data[begin : cursor.pos]))
        functions.append((function, hints))
    cursor.done("the hints")
    return Hints(functions)

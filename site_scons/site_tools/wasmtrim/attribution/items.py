"""What each byte of a module is: one row per part, which add up to the file."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from operator import sub
from typing import NamedTuple

from wasmtrim.attribution.data import Region, declared, pieces
from wasmtrim.attribution.data.pieces import Pieces
from wasmtrim.attribution.owners import Owners
from wasmtrim.attribution.ranges import UNCLAIMED, RangeMap
from wasmtrim.wasm import names, sections

# A label is a kind and a number that tells which one: a section's place, or an index.
HEADER, FRAMING, CONTENTS, NAMES, PIECE = range(1, 6)
_ENTRY = 16  # and the section's id: an entry of that section's vector
_SHIFT = 32
_NUMBER = (1 << _SHIFT) - 1
_SEGMENT_HEADER = "segment header"

# What an entry of a section is called. A function section has one byte or two a function, and is
# one row: its entries say nothing that the functions' own rows do not.
ENTRIES = {
    sections.TYPE: "type",
    sections.IMPORT: "import",
    sections.TABLE: "table",
    sections.MEMORY: "memory",
    sections.TAG: "tag",
    sections.GLOBAL: "global",
    sections.STRINGS: "string",
    sections.EXPORT: "export",
    sections.ELEMENT: "element",
    sections.CODE: "function",
    sections.DATA: "data",
}


class Item(NamedTuple):
    """`bytes` bytes from `offset` on. `kind` is one of:

    header; framing (a section's id, size, name and count); contents (a section that is one piece);
    names (one subsection of the name section); gap (bytes that nothing accounts for); segment
    header (of a data segment that is opened); or what ENTRIES names. A function is its size
    prefix, locals and code. `number` is an entry's place in its index space, where the module is
    the program and not another core module of a component. `package` is that of data, where one
    alone refers to it.
    """

    kind: str
    section: str
    name: str
    offset: int
    bytes: int
    number: int | None = None
    package: str = ""


class Items:
    """The rows of one module, made one by one while they are read; the sum is the file's size."""

    def __init__(self, owners: Owners, regions: Sequence[Region] | None = None) -> None:
        """With `regions` the data segments are opened: a row each for a header and a region."""
        self.module = module = owners.module
        self.owners = owners
        self.data = module.data
        self.size = len(module.data)
        self._subsections = owners.names.subsections
        self._imported = Counter(
            "function" if entry.kind == "func" else entry.kind for entry in module.imports
        )
        self._regions = regions
        self._pieces = None if regions is None else pieces.cut(module, regions)
        self._ranges = RangeMap(self.size)
        self._claim()

    @property
    def bounds(self) -> array[int]:
        """The offset of each row, and the file's size."""
        return self._ranges.bounds

    def __len__(self) -> int:
        return len(self._ranges)

    def __iter__(self) -> Iterator[Item]:
        return self._items(self._ranges)

    def summed(self) -> Iterator[tuple[Item, int]]:
        """The same rows, but as one those of data that say the same, and how many each is."""
        return ((item, len(rows)) for item, rows in self.grouped())

    def grouped(self) -> Iterator[tuple[Item, Sequence[int]]]:
        """The rows as in `summed`, each with the numbers of the rows that it is.

        A module by standard Go has tens of thousands of segments, of which most say nothing else.
        """
        cut, section = self._pieces, self.module.section(sections.DATA)
        if cut is None or section is None or not cut.starts:
            yield from self._each(0, self.size)
            return
        yield from self._each(0, cut.starts[0])
        yield from self._grouped_pieces(cut)
        yield from self._each(section.end, self.size)

    def _each(self, start: int, end: int) -> Iterator[tuple[Item, Sequence[int]]]:
        """The rows that begin at one of the bytes `start..end`."""
        first = bisect_left(self.bounds, start)
        for number, item in enumerate(self._items(self._ranges.within(start, end)), first):
            yield item, (number,)

    def _items(self, ranges: Iterable[tuple[int, int, int]]) -> Iterator[Item]:
        describe = {identifier: self._describer(kind) for identifier, kind in ENTRIES.items()}
        first = {identifier: self._imported[kind] for identifier, kind in ENTRIES.items()}
        for start, end, label in ranges:
            identifier, number = (label >> _SHIFT) - _ENTRY, label & _NUMBER
            if identifier < 0:
                yield self._part(start, end - start, label >> _SHIFT, number)
                continue
            number += first[identifier]
            name = describe[identifier](number)
            section = sections.NAMES[identifier]
            yield Item(ENTRIES[identifier], section, name, start, end - start, number)

    def _claim(self) -> None:
        claim = self._ranges.claim
        claim(0, sections.HEADER_BYTES, HEADER << _SHIFT)
        named = self.module.custom(names.SECTION)
        for place, section in enumerate(self.module.sections):
            starts = self.module.starts.get(section.id)
            if section.id == sections.DATA and self._pieces and self._pieces.starts:
                cut = self._pieces.starts
                claim(section.offset, cut[0], FRAMING << _SHIFT | place)
                first = PIECE << _SHIFT
                self._ranges.claim_each(cut, section.end, range(first, first + len(cut)))
            elif section.id in ENTRIES and starts:
                claim(section.offset, starts[0], FRAMING << _SHIFT | place)
                first = _ENTRY + section.id << _SHIFT
                self._ranges.claim_each(starts, section.end, range(first, first + len(starts)))
            elif section is named:
                claim(section.offset, section.start, FRAMING << _SHIFT | place)
                for number, part in enumerate(self._subsections):
                    claim(part.offset, part.end, NAMES << _SHIFT | number)
            else:
                claim(section.offset, section.start, FRAMING << _SHIFT | place)
                claim(section.start, section.end, CONTENTS << _SHIFT | place)

    def _part(self, offset: int, size: int, kind: int, number: int) -> Item:
        if kind == UNCLAIMED:
            return Item("gap", names.SECTION, "unknown", offset, size)
        if kind == HEADER:
            return Item("header", "header", "magic and version", offset, size)
        if kind == FRAMING:
            section = self.module.sections[number].name
            return Item("framing", section, f"{section} framing", offset, size)
        if kind == CONTENTS:
            section = self.module.sections[number].name
            return Item("contents", section, section, offset, size)
        if kind == PIECE:
            assert self._pieces
            return self._piece(offset, size, self._pieces.regions[number])
        part = self._subsections[number]
        return Item("names", names.SECTION, f"{part.kind} names", offset, size)

    def _piece(self, offset: int, size: int, place: int) -> Item:
        """A part of a data segment: by what is known of its region, else by its first bytes."""
        segment = bisect_right(self.module.starts[sections.DATA], offset) - 1
        name, package = self._said_of(place)
        kind = _SEGMENT_HEADER if place == pieces.HEADER else "data"
        if not name:
            name = self._shown_data(segment, offset, size)
        return Item(kind, sections.NAMES[sections.DATA], name, offset, size, segment, package)

    def _grouped_pieces(self, cut: Pieces) -> Iterator[tuple[Item, Sequence[int]]]:
        """The pieces of data segments: each group by its first."""
        # By the region of a piece: the rows that say the same. Marks count from the end.
        same: list[list[int] | None] = [None] * (len(self._regions or ()) + len(pieces.MARKS))
        known: dict[tuple[str, str], list[int]] = {}
        groups: list[list[int]] = []
        bounds = self.bounds
        before = bisect_left(bounds, cut.starts[0])
        for row, place in enumerate(cut.regions, before):
            rows = same[place]
            if rows is None:
                rows = []
                name, package = self._said_of(place)
                if name:
                    rows = same[place] = known.setdefault((name, package), rows)
                if not rows:
                    groups.append(rows)
            rows.append(row)
        sizes = array("Q", map(sub, bounds[1:], bounds))
        for rows in groups:
            first, size = rows[0], sum(map(sizes.__getitem__, rows))
            yield self._piece(bounds[first], size, cut.regions[first - before]), rows

    def _said_of(self, place: int) -> tuple[str, str]:
        """The name and the package of the region at `place`, or what a mark in its place says."""
        if place == pieces.HEADER:
            return _SEGMENT_HEADER, ""
        region = self._regions[place] if self._regions and place >= 0 else None
        return (region.name, region.package) if region else ("", "")

    @cached_property
    def _named_data(self) -> dict[int, str]:
        return self.owners.names.others.get("data", {})

    def _shown_data(self, segment: int, offset: int, size: int) -> str:
        _, memory, base, start, end = self.module.segments[segment]
        named = self._named_data.get(segment)
        is_whole = (offset, size) == (start, end - start)
        if named and is_whole and not declared.is_anonymous(named):
            return named
        where = f"data {segment}" if base is None else f"data at {base + offset - start:#x}"
        where += f" of memory {memory}" if memory and base is not None else ""
        return f"{where}: {pieces.first_bytes(self.data, offset, offset + size)}"

    def _describer(self, kind: str) -> Callable[[int], str]:
        """The name of an entry by its number: what it says itself, else what a name section says,
        else what it is."""
        module = self.module
        spaces: dict[str, Sequence[object]] = {
            "type": module.types,
            "table": module.tables,
            "memory": module.memories,
            "global": module.globals,
            "tag": module.tags,
        }
        named = self.owners.names.others.get(kind, {})
        if kind == "function":
            return self.owners.name
        if kind == "import":
            return lambda number: "{0.module}.{0.name}".format(module.imports[number])
        if kind == "export":
            return lambda number: module.exports[number].name
        if kind in spaces:
            space = spaces[kind]
            return lambda number: named.get(number) or f"{kind} {number}: {space[number]}"
        return lambda number: named.get(number) or f"{kind} {number}"

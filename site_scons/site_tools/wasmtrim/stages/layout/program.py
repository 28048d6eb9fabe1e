"""A module taken apart so that its functions and data can lie otherwise, and put together again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from wasmtrim.errors import ModuleError
from wasmtrim.stages.layout import customs, references
from wasmtrim.stages.layout import data as contents
from wasmtrim.stages.layout.customs import Hints, Names, SegmentNames
from wasmtrim.stages.layout.data import Data, Segments, Unmovable
from wasmtrim.stages.layout.relocatable import (
    Numbers,
    Place,
    Relocatable,
    Site,
    Widths,
    place,
    relocatable,
)
from wasmtrim.wasm import Module, bodies, leb128, sections
from wasmtrim.wasm.cursor import Cursor
from wasmtrim.wasm.names import SECTION as NAMES
from wasmtrim.wasm.sections import Section


@dataclass(frozen=True)
class Arrangement:
    """How a module's functions and data lie: all in which two layouts of one program differ.

    `order` has the defined functions, each by the number that it has in the module, in the order
    in which they come. `segments` is None where data stay as they are.
    """

    order: Sequence[int]
    segments: Segments | None
    segment_names: SegmentNames | None = None
    widths: Widths = field(default_factory=dict)


@dataclass(frozen=True)
class Program:
    """What `read` found. `fixed` says why data can't lie otherwise; None where they can.

    `bodies` are those of the defined functions, `others` the sections that name functions, by id.
    """

    module: Module
    bodies: Sequence[Relocatable]
    others: dict[int, Relocatable]
    names: Names | None
    hints: Hints | None
    data: Data | None
    fixed: str | None
    widths: Widths

    @property
    def found(self) -> Arrangement:
        """How the module lies."""
        order = range(self.module.imported_functions, len(self.module.functions))
        segments = self.data.segments if self.data else None
        return Arrangement(order, segments, self.segment_names, self.widths)

    @property
    def segment_names(self) -> SegmentNames | None:
        """What the name section calls the data segments as they are."""
        return self.names.segments if self.names else None

    def write(self, arrangement: Arrangement, *, names: bool = True) -> bytes:
        """The module, so arranged; without `names` its name section is left out."""
        return _Writer(self, arrangement).module(names=names)


def read(module: Module) -> Program:
    """Take a module apart.

    Raises Unmovable where functions have to stay in their order, data in their segments or both:
    something may hold indices or offsets that are not known.
    """
    refuse(module)
    try:
        program = take_apart(module)
    except ModuleError as error:
        raise Unmovable(str(error)) from None
    if program.write(program.found) != module.data:
        raise Unmovable("taken apart and put together again, it has other bytes")
    return program


def refuse(module: Module) -> None:
    """Raise Unmovable where the sections alone tell that functions and data have to stay."""
    section = customs.unknown(module)
    if section is not None:
        raise Unmovable(f"the custom section {section!r} may hold indices or offsets")


def data_of(module: Module) -> tuple[Data | None, str | None]:
    """Return the data of a module as `read` has them, or why they can't lie otherwise."""
    counted = module.section(sections.DATA_COUNT)  # without it no code may name one (5.5.16)
    return _data(module, bodies.segments(module) if counted else set())


def take_apart(module: Module) -> Program:
    imported = module.imported_functions
    widths: Widths = {}
    found = [bodies.sites(module, index) for index in range(imported, len(module.functions))]
    named = {site.target for sites in found for site in sites if site.kind == "data"}
    name_section = module.custom(NAMES)
    name_parts = customs.read_names(module.data, name_section, widths) if name_section else None
    data, fixed = _data(module, named)
    passive = {index: ~number for number, index in enumerate(data.indices)} if data else {}
    targets = [
        [
            Site(passive[target] if kind == "data" else target, start, end)
            for kind, target, start, end in sites
            if kind != "data" or data
        ]
        for sites in found
    ]
    texts = []
    for number, sites in enumerate(targets):
        start, end = module.body(imported + number)
        texts.append(relocatable(module.data, start, end, sites, "body", number, widths))
        if start - leb128.unsigned_size(end - start) > _entry(module, number):
            widths["body size", number, 0] = start - _entry(module, number)
    others = {}
    for number, part in enumerate(module.sections):
        customs.sized(Cursor(module.data, part.offset + 1, part.end, ""), "section", number, widths)
        if part.id in (sections.DATA, sections.DATA_COUNT):
            customs.sized(part.cursor(module.data), "count", part.id, widths)
        sites = references.of(module, part)
        if sites:
            others[part.id] = relocatable(
                module.data, part.start, part.end, sites, "entries", part.id, widths
            )

    def spot(function: int, offset: int) -> Place | None:
        number = function - imported
        if not 0 <= number < len(targets):
            return None
        start, _ = module.body(function)
        return place(targets[number], start, start + offset)

    hint_section = module.custom(customs.HINTS)
    hints = customs.read_hints(module.data, hint_section, spot) if hint_section else None
    return Program(module, texts, others, name_parts, hints, data, fixed, widths)


def _entry(module: Module, number: int) -> int:
    return module.starts[sections.CODE][number]


def _data(module: Module, named: set[int]) -> tuple[Data | None, str | None]:
    """The data, or why they stay as they are; neither where there are none."""
    if module.section(sections.DATA) is None:
        return None, None
    try:
        data = contents.read(module)
    except Unmovable as reason:
        return None, str(reason)
    if others := named - set(data.indices):
        return None, f"code names data segment {min(others)}, which is not passive"
    return data, None


class _Writer:
    """Puts a program together; sections in their order, each with its size."""

    def __init__(self, program: Program, arrangement: Arrangement) -> None:
        self._program, self._arrangement = program, arrangement
        module = program.module
        imported = module.imported_functions
        self._place = list(range(len(module.functions)))
        for at, function in enumerate(arrangement.order):
            self._place[function] = imported + at
        shortest = {at: leb128.unsigned(number) for at, number in enumerate(self._place)}
        self._segments = arrangement.segments if program.data else None
        for at, segment in enumerate(self._segments or ()):
            if isinstance(segment, int):
                shortest[~segment] = leb128.unsigned(at)
        self._numbers = Numbers(shortest, arrangement.widths)

    def module(self, *, names: bool) -> bytes:
        """The file."""
        data = self._program.module.data
        out = [data[: sections.HEADER_BYTES]]
        for number, section in enumerate(self._program.module.sections):
            if not names and section.id == sections.CUSTOM and section.name == NAMES:
                continue
            content = self._content(section)
            size = self._numbers.value(len(content), "section", number)
            out += [bytes([section.id]), size, content]
        return b"".join(out)

    def _content(self, section: Section) -> bytes:
        program, data = self._program, self._program.module.data
        match section.id:
            case sections.FUNCTION:
                return self._functions(section)
            case sections.CODE:
                return self._code(section)
            case sections.DATA | sections.DATA_COUNT if program.data and self._segments is not None:
                count = self._numbers.value(len(self._segments), "count", section.id)
                entries = section.id == sections.DATA
                return count + (program.data.write(self._segments) if entries else b"")
            case sections.CUSTOM:
                begin = _contents(data, section)
                if section.name == NAMES and program.names:
                    return data[begin : section.start] + program.names.write(
                        self._numbers, self._number, self._arrangement.segment_names
                    )
                if section.name == customs.HINTS and program.hints:
                    return data[begin : section.start] + program.hints.write(
                        self._number, self._offset
                    )
                return data[begin : section.end]
        text = program.others.get(section.id)
        if text is None:
            return data[section.start : section.end]
        return b"".join(text.parts(self._numbers, "entries", section.id))

    def _functions(self, section: Section) -> bytes:
        module = self._program.module
        starts = [*module.starts[sections.FUNCTION], section.end]
        first = module.imported_functions
        entries = [
            module.data[starts[function - first] : starts[function - first + 1]]
            for function in self._arrangement.order
        ]
        return module.data[section.start : starts[0]] + b"".join(entries)

    def _code(self, section: Section) -> bytes:
        module = self._program.module
        first = module.imported_functions
        begin = next(iter(module.starts[sections.CODE]), section.end)
        out = [module.data[section.start : begin]]
        for at, function in enumerate(self._arrangement.order):
            parts = self._program.bodies[function - first].parts(self._numbers, "body", at)
            body = b"".join(parts)
            out += (self._numbers.value(len(body), "body size", at), body)
        return b"".join(out)

    def _number(self, function: int) -> int:
        return self._place[function] if function < len(self._place) else function

    def _offset(self, function: int, place: Place) -> int:
        first = self._program.module.imported_functions
        at = self._place[function] - first
        parts = self._program.bodies[function - first].parts(self._numbers, "body", at)
        return sum(map(len, parts[: 2 * place.chunk])) + place.offset


def _contents(data: bytes, section: Section) -> int:
    """Where a section's contents begin, a custom section's name with them."""
    cursor = Cursor(data, section.offset + 1, section.end, section.title)
    cursor.u32("its size")
    return cursor.pos

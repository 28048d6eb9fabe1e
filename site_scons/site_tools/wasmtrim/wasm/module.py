"""A module as data: what its sections hold, and where each entry lies."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from wasmtrim.errors import ModuleError
from wasmtrim.wasm import constants, encodings, limits, sections
from wasmtrim.wasm.cursor import Cursor
from wasmtrim.wasm.encodings import DefinedType
from wasmtrim.wasm.sections import Section
from wasmtrim.wasm.segments import DataSegment, ElementSegment, data_section, element_segment
from wasmtrim.wasm.types import (
    KINDS,
    ExternType,
    FuncType,
    GlobalType,
    MemoryType,
    TableType,
    TagType,
)


@dataclass(frozen=True, slots=True)
class Import:
    """`index` is that of the imported thing in the index space of its kind."""

    module: str
    name: str
    type: ExternType
    index: int

    @property
    def kind(self) -> str:
        return self.type.kind

    @property
    def key(self) -> str:
        """The name that a contract knows it by."""
        return f"{self.module}.{self.name}"


@dataclass(frozen=True, slots=True)
class Export:
    name: str
    type: ExternType
    index: int

    @property
    def kind(self) -> str:
        return self.type.kind


@dataclass(frozen=True, eq=False)
class Module:
    """One module, not to be changed. Imported things come first in index spaces, as in the format.

    `functions` holds each function's type index; `initial` the functions that globals and tables
    begin with; `starts`, for each section id that holds a vector, at which byte each entry begins.
    """

    data: bytes
    sections: tuple[Section, ...]
    types: list[DefinedType] = field(default_factory=list)
    imports: list[Import] = field(default_factory=list)
    exports: list[Export] = field(default_factory=list)
    functions: array[int] = field(default_factory=lambda: array("I"))
    tables: list[TableType] = field(default_factory=list)
    memories: list[MemoryType] = field(default_factory=list)
    globals: list[GlobalType] = field(default_factory=list)
    tags: list[TagType] = field(default_factory=list)
    elements: list[ElementSegment] = field(default_factory=list)
    segments: list[DataSegment] = field(default_factory=list)
    initial: list[int] = field(default_factory=list)
    starts: dict[int, array[int]] = field(default_factory=dict)

    @cached_property
    def _known(self) -> dict[int, Section]:
        return {section.id: section for section in self.sections if section.id != sections.CUSTOM}

    def section(self, identifier: int) -> Section | None:
        """The section of that id, other than a custom one."""
        return self._known.get(identifier)

    def customs(self) -> list[Section]:
        return [s for s in self.sections if s.id == sections.CUSTOM]

    def custom(self, name: str) -> Section | None:
        """The first custom section of that name."""
        return next((s for s in self.customs() if s.name == name), None)

    @cached_property
    def start(self) -> int | None:
        """The index of the start function."""
        section = self.section(sections.START)
        return None if section is None else section.cursor(self.data).u32("the start function")

    @cached_property
    def imported_functions(self) -> int:
        """How many functions are imported, which is the index of the first defined one."""
        return sum(entry.kind == "func" for entry in self.imports)

    def slots(self) -> dict[int, int]:
        """What active segments put into each slot of the first table; -1 for nothing."""
        return {
            segment.base + place: index
            for segment in self.elements
            if segment.base is not None and segment.table == 0
            for place, index in enumerate(segment.functions)
        }

    def function_type(self, index: int) -> FuncType:
        declared = self.types[self.functions[index]]
        assert isinstance(declared, FuncType)  # read() refuses any other
        return declared

    def body(self, index: int) -> tuple[int, int]:
        """Where the locals and the code of the defined function `index` lie, without its size."""
        section = self.section(sections.CODE)
        assert section is not None
        cursor = section.cursor(self.data)
        cursor.pos = self.starts[sections.CODE][index - self.imported_functions]
        size = cursor.u32("a body's size")
        return cursor.pos, cursor.pos + size


def read(data: bytes) -> Module:
    """Reads the module `data`. ModuleError says in which section, at which byte, it is broken.

    Checked are the framing, order, counts, indices and names of all sections; not the instructions
    in function bodies, nor the contents of custom sections.
    """
    module = Module(data, sections.split(data))
    for section in module.sections:
        reader = _READERS.get(section.id)
        if reader is not None:
            cursor = section.cursor(data)
            reader(module, cursor)
            cursor.done("its entries")
    _check_counts(module)
    return module


def _types(module: Module, cursor: Cursor) -> None:
    types, module.starts[sections.TYPE] = encodings.type_section(cursor)
    module.types.extend(types)


def _imports(module: Module, cursor: Cursor) -> None:
    starts = module.starts[sections.IMPORT] = array("I")
    for _ in range(cursor.count(limits.IMPORTS, 4)):
        start = cursor.pos
        origin = cursor.name("an import's module")
        name = cursor.name("an import's name")
        grouped = cursor.data[cursor.pos] if not name and cursor.pos < cursor.end else 0
        if grouped == 0x7F:  # compact imports: one module's name for several
            cursor.pos += 1
            for _ in range(cursor.count(limits.IMPORTS, 3)):
                name = cursor.name("an import's name")
                _import(module, origin, name, _extern_type(module, cursor))
                starts.append(start)
                start = cursor.pos
        elif grouped == 0x7E:  # one module's name and one type for several
            cursor.pos += 1
            shared = _extern_type(module, cursor)
            for _ in range(cursor.count(limits.IMPORTS)):
                _import(module, origin, cursor.name("an import's name"), shared)
                starts.append(start)
                start = cursor.pos
        else:
            _import(module, origin, name, _extern_type(module, cursor))
            starts.append(start)
    cursor.check(len(starts), limits.IMPORTS, cursor.pos)


def _extern_type(module: Module, cursor: Cursor) -> tuple[ExternType, int]:
    """A type, and the type index of a function's."""
    start = cursor.pos
    code = cursor.byte("an import's kind")
    match code:
        case 0 | 0x20:  # the latter is the exact one of the custom descriptors proposal
            index = _function_type(module, cursor)
            declared = module.types[index]
            assert isinstance(declared, FuncType)
            return declared, index
        case 1:
            return encodings.table_type(cursor), 0
        case 2:
            return encodings.memory_type(cursor), 0
        case 3:
            return encodings.global_type(cursor), 0
        case 4:
            return _tag_type(module, cursor), 0
    raise cursor.error(f"{code} is not a kind of import; 0 to 4 are", start)


def _import(module: Module, origin: str, name: str, found: tuple[ExternType, int]) -> None:
    kind, type_index = found
    match kind:
        case FuncType():
            index = len(module.functions)
            module.functions.append(type_index)
        case TableType():
            index = len(module.tables)
            module.tables.append(kind)
        case MemoryType():
            index = len(module.memories)
            module.memories.append(kind)
        case GlobalType():
            index = len(module.globals)
            module.globals.append(kind)
        case TagType():
            index = len(module.tags)
            module.tags.append(kind)
    module.imports.append(Import(origin, name, kind, index))


def _function_type(module: Module, cursor: Cursor) -> int:
    start = cursor.pos
    index = cursor.index(len(module.types), "type")
    declared = module.types[index]
    if not isinstance(declared, FuncType):
        raise cursor.error(f"type {index} is not a function type, but a {declared.kind}", start)
    return index


def _tag_type(module: Module, cursor: Cursor) -> TagType:
    attribute = cursor.byte("a tag's attribute")
    if attribute:
        raise cursor.error(f"{attribute} is not an attribute of a tag; only 0 is", cursor.pos - 1)
    declared = module.types[_function_type(module, cursor)]
    assert isinstance(declared, FuncType)
    return TagType(declared.params)


def _functions(module: Module, cursor: Cursor) -> None:
    starts = module.starts[sections.FUNCTION] = array("I")
    for _ in range(cursor.count(limits.FUNCTIONS)):
        starts.append(cursor.pos)
        module.functions.append(_function_type(module, cursor))


def _tables(module: Module, cursor: Cursor) -> None:
    starts = module.starts[sections.TABLE] = array("I")
    for _ in range(cursor.count(limits.TABLES, 3)):
        starts.append(cursor.pos)
        initial = cursor.data.startswith(b"\x40\x00", cursor.pos)
        if initial:  # a table that begins with something other than null
            cursor.skip(2, "a table with an initial value")
        module.tables.append(encodings.table_type(cursor))
        if initial:
            _initial(module, cursor, "a table's initial value")


def _memories(module: Module, cursor: Cursor) -> None:
    starts = module.starts[sections.MEMORY] = array("I")
    for _ in range(cursor.count(limits.MEMORIES, 2)):
        starts.append(cursor.pos)
        module.memories.append(encodings.memory_type(cursor))


def _tags(module: Module, cursor: Cursor) -> None:
    starts = module.starts[sections.TAG] = array("I")
    for _ in range(cursor.count(limits.TAGS, 2)):
        starts.append(cursor.pos)
        module.tags.append(_tag_type(module, cursor))


def _globals(module: Module, cursor: Cursor) -> None:
    starts = module.starts[sections.GLOBAL] = array("I")
    known: dict[GlobalType, GlobalType] = {}
    for _ in range(cursor.count(limits.GLOBALS, 3)):
        starts.append(cursor.pos)
        kind = encodings.global_type(cursor)
        module.globals.append(known.setdefault(kind, kind))
        _initial(module, cursor, "a global's initial value")


def _initial(module: Module, cursor: Cursor, what: str) -> None:
    start = cursor.pos
    for index, _, _ in constants.expression(cursor, what):
        if index >= len(module.functions):
            bound = len(module.functions)
            raise cursor.error(f"function {index} does not exist, there are {bound}", start)
        module.initial.append(index)


def _strings(module: Module, cursor: Cursor) -> None:
    starts = module.starts[sections.STRINGS] = array("I")
    cursor.u32("a number that is reserved")
    for _ in range(cursor.count(limits.STRINGS)):
        starts.append(cursor.pos)
        cursor.skip(cursor.u32("a string's size"), "a string")


def _exports(module: Module, cursor: Cursor) -> None:
    starts = module.starts[sections.EXPORT] = array("I")
    names = set()
    for _ in range(cursor.count(limits.EXPORTS, 3)):
        start = cursor.pos
        starts.append(start)
        name = cursor.name("an export's name")
        if name in names:
            raise cursor.error(f"{name!r} is exported twice", start)
        names.add(name)
        code = cursor.byte("an export's kind")
        if code >= len(KINDS):
            raise cursor.error(f"{code} is not a kind of export; 0 to 4 are", cursor.pos - 1)
        kind = KINDS[code]
        if kind == "func":
            index = cursor.index(len(module.functions), "function")
            module.exports.append(Export(name, module.function_type(index), index))
            continue
        spaces: dict[str, Sequence[ExternType]] = {
            "table": module.tables,
            "memory": module.memories,
            "global": module.globals,
            "tag": module.tags,
        }
        space = spaces[kind]
        index = cursor.index(len(space), kind)
        module.exports.append(Export(name, space[index], index))


def _start(module: Module, cursor: Cursor) -> None:
    cursor.index(len(module.functions), "function")


def _elements(module: Module, cursor: Cursor) -> None:
    starts = module.starts[sections.ELEMENT] = array("I")
    for _ in range(cursor.count(limits.ELEMENT_SEGMENTS, 2)):
        starts.append(cursor.pos)
        tables, functions = len(module.tables), len(module.functions)
        module.elements.append(element_segment(cursor, tables, functions))


def _code(module: Module, cursor: Cursor) -> None:
    starts = module.starts[sections.CODE] = array("I")
    for _ in range(cursor.count(limits.FUNCTIONS)):
        start = cursor.pos
        starts.append(start)
        size = cursor.u32("a body's size")
        cursor.check(size, limits.BODY_BYTES, start)
        cursor.skip(size, "a body")


def _data(module: Module, cursor: Cursor) -> None:
    segments, module.starts[sections.DATA] = data_section(cursor, len(module.memories))
    module.segments.extend(segments)


_READERS: dict[int, Callable[[Module, Cursor], None]] = {
    sections.TYPE: _types,
    sections.IMPORT: _imports,
    sections.FUNCTION: _functions,
    sections.TABLE: _tables,
    sections.MEMORY: _memories,
    sections.TAG: _tags,
    sections.GLOBAL: _globals,
    sections.STRINGS: _strings,
    sections.EXPORT: _exports,
    sections.START: _start,
    sections.ELEMENT: _elements,
    sections.CODE: _code,
    sections.DATA: _data,
}


def _check_counts(module: Module) -> None:
    """Functions have bodies, and the announced data segments are there (section 5.5.16)."""
    declared = len(module.starts.get(sections.FUNCTION, ()))
    bodies = len(module.starts.get(sections.CODE, ()))
    if declared != bodies:
        code = module.section(sections.CODE)
        raise ModuleError(
            f"{bodies} bodies for {declared} functions",
            section="code section",
            offset=code.offset if code else len(module.data),
        )
    announced = module.section(sections.DATA_COUNT)
    if announced is not None:
        cursor = announced.cursor(module.data)
        count = cursor.u32("the number of data segments")
        cursor.done("the number of data segments")
        if count != len(module.segments):
            raise ModuleError(
                f"{count} data segments are announced, there are {len(module.segments)}",
                section=announced.title,
                offset=announced.offset,
            )

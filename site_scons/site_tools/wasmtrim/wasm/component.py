"""A component: its own sections, imports and exports, and the core modules that lie in it.

Of the component model's binary format (Binary.md) only this outer layer is read. What is in the
types, aliases and canonical functions is no matter for sizes, and the engine's for all else.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from wasmtrim.errors import ModuleError
from wasmtrim.wasm import limits, module, sections
from wasmtrim.wasm.cursor import Cursor
from wasmtrim.wasm.limits import SECTIONS
from wasmtrim.wasm.module import Module
from wasmtrim.wasm.sections import CUSTOM, HEADER_BYTES, Section
from wasmtrim.wasm.types import AnyOf

# Sections come in any order, and each as often as the component needs it.
CORE_MODULE, NESTED, IMPORT, EXPORT = 1, 4, 10, 11
NAMES = {
    CUSTOM: "custom",
    CORE_MODULE: "core module",
    2: "core instance",
    3: "core type",
    NESTED: "component",
    5: "instance",
    6: "alias",
    7: "type",
    8: "canonical function",
    9: "start",
    IMPORT: "import",
    EXPORT: "export",
    12: "value",
}
# What a thing is, by its sort (Binary.md, "sort" and "externdesc").
_SORTS = ("module", "func", "value", "type", "component", "instance")
_CORE_MODULE_SORT = 0x11
_MOST_NESTED = 16  # components in components; wasm-tools makes two levels


@dataclass(frozen=True, slots=True)
class Extern:
    """Something that a component imports or exports; its type is told by its kind alone."""

    name: str
    type: AnyOf

    @property
    def key(self) -> str:
        """The name that a contract knows it by."""
        return self.name


@dataclass(frozen=True, slots=True)
class Nested:
    """A core module, `offset` bytes from the beginning of the file on."""

    offset: int
    module: Module


@dataclass(frozen=True, eq=False)
class Component:
    """`modules` are all core modules, those of nested components among them, in file order."""

    data: bytes
    sections: tuple[Section, ...]
    imports: list[Extern] = field(default_factory=list)
    exports: list[Extern] = field(default_factory=list)
    modules: list[Nested] = field(default_factory=list)
    components: list[tuple[int, Component]] = field(default_factory=list)

    def customs(self) -> Iterator[Section]:
        """The custom sections, at every depth; each one's offsets are those in its own binary."""
        yield from (s for s in self.sections if s.id == CUSTOM)
        for nested in self.modules:
            yield from nested.module.customs()
        for _, component in self.components:
            yield from (s for s in component.sections if s.id == CUSTOM)


def read(data: bytes, depth: int = 0) -> Component:
    """Read the component `data`. ModuleError says in which section, at which byte, it is broken."""
    sections.check_header(data, sections.COMPONENT)
    found = Component(data, tuple(_split(data)))
    for section in found.sections:
        cursor = section.cursor(data)
        if section.id == CORE_MODULE:
            with _within(section):
                inner = module.read(data[section.start : section.end])
            found.modules.append(Nested(section.start, inner))
        elif section.id == NESTED:
            if depth == _MOST_NESTED:
                raise cursor.error(f"components are nested more than {_MOST_NESTED} deep")
            with _within(section):
                below = read(data[section.start : section.end], depth + 1)
            _take_in(found, section, below)
        elif section.id == IMPORT:
            found.imports.extend(_imports(cursor))
        elif section.id == EXPORT:
            found.exports.extend(_exports(cursor))
    return found


@contextmanager
def _within(section: Section) -> Iterator[None]:
    """Let an error in what lies in a section count its bytes from the file's start."""
    try:
        yield
    except ModuleError as error:
        offset = section.start + error.offset
        where = f"{error.section} of the {section.name}"
        raise ModuleError(error.message, section=where, offset=offset) from None


def _take_in(found: Component, section: Section, below: Component) -> None:
    """Add what lies in a nested component, by its offsets in the whole."""
    found.components.append((section.start, below))
    found.components.extend((section.start + at, deeper) for at, deeper in below.components)
    found.modules.extend(Nested(section.start + n.offset, n.module) for n in below.modules)


def _split(data: bytes) -> Iterator[Section]:
    cursor = Cursor(data, HEADER_BYTES, len(data), "component")
    number = 0
    while cursor.pos < cursor.end:
        offset = cursor.pos
        number += 1
        cursor.check(number, SECTIONS, offset)
        identifier = cursor.byte("a section's id")
        if identifier not in NAMES:
            raise cursor.error(f"section id {identifier} is unknown; known are 0 to 12", offset)
        size = cursor.u32("its size")
        start = cursor.pos
        cursor.skip(size, "it")
        name = NAMES[identifier]
        if identifier == CUSTOM:
            inner = Cursor(data, start, cursor.pos, "custom section")
            name, start = inner.name("its name"), inner.pos
        yield Section(identifier, name, offset, start, cursor.pos)


def _imports(cursor: Cursor) -> Iterator[Extern]:
    for _ in range(cursor.count(limits.IMPORTS, 4)):
        name = _name(cursor, "an import's name")
        yield Extern(name, _description(cursor))
    cursor.done("its entries")


def _exports(cursor: Cursor) -> Iterator[Extern]:
    for _ in range(cursor.count(limits.EXPORTS, 5)):
        name = _name(cursor, "an export's name")
        kind = _sort(cursor, _CORE_MODULE_SORT)
        cursor.u32("an index")
        if cursor.byte("whether a type is given"):
            _description(cursor)
        yield Extern(name, kind)
    cursor.done("its entries")


def _name(cursor: Cursor, what: str) -> str:
    start = cursor.pos
    form = cursor.byte(f"the form of {what}")
    if form > 1:
        raise cursor.error(f"{what} has the form {form}; known are 0 and 1", start)
    return cursor.name(what)


def _sort(cursor: Cursor, core: int) -> AnyOf:
    start = cursor.pos
    sort = cursor.byte("a sort")
    if sort >= len(_SORTS):
        raise cursor.error(f"sort {sort} is unknown; known are 0 to {len(_SORTS) - 1}", start)
    if sort == 0 and (found := cursor.byte("a core sort")) != core:
        raise cursor.error(f"core sort {found:#x} has no place here; {core:#x} has", start)
    return AnyOf(_SORTS[sort])


def _description(cursor: Cursor) -> AnyOf:
    """Read an externdesc: the sort, then an index or bound of it."""
    kind = _sort(cursor, _CORE_MODULE_SORT)
    if kind.kind in ("value", "type"):
        bound = cursor.byte("a bound")
        if kind.kind == "type" and bound == 1:
            return kind  # any resource
        if kind.kind == "value" and bound == 1:
            cursor.s33("a value's type")
            return kind
    cursor.u32("an index")
    return kind

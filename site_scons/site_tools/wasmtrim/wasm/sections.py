"""A module's header and the list of its sections, each with where it lies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from wasmtrim.errors import ModuleError
from wasmtrim.wasm import foreign
from wasmtrim.wasm.cursor import Cursor
from wasmtrim.wasm.limits import MODULE_BYTES, SECTIONS

HEADER_BYTES = 8
MAGIC = b"\0asm"
MODULE = b"\x01\0\0\0"
COMPONENT = b"\x0d\0\x01\0"

CUSTOM, TYPE, IMPORT, FUNCTION, TABLE, MEMORY, GLOBAL = range(7)
EXPORT, START, ELEMENT, CODE, DATA, DATA_COUNT, TAG, STRINGS = range(7, 15)
NAMES = {
    CUSTOM: "custom",
    TYPE: "type",
    IMPORT: "import",
    FUNCTION: "function",
    TABLE: "table",
    MEMORY: "memory",
    TAG: "tag",
    GLOBAL: "global",
    STRINGS: "strings",
    EXPORT: "export",
    START: "start",
    ELEMENT: "element",
    DATA_COUNT: "data count",
    CODE: "code",
    DATA: "data",
}
# Section 5.5.2: sections other than custom ones come in this order, each at most once. `strings`
# is the stringref proposal's, which binaryen writes.
_ORDER = {identifier: place for place, identifier in enumerate(NAMES)}


@dataclass(frozen=True, slots=True)
class Section:
    """`data[offset:start]` is the framing (id, size, a custom section's name), then the contents.

    `name` is the kind of a known section, and a custom section's own name.
    """

    id: int
    name: str
    offset: int
    start: int
    end: int

    @property
    def size(self) -> int:
        """Bytes in all, framing included."""
        return self.end - self.offset

    def cursor(self, data: bytes) -> Cursor:
        return Cursor(data, self.start, self.end, self.title)

    @property
    def title(self) -> str:
        """How messages call it."""
        return f"custom section {self.name!r}" if self.id == CUSTOM else f"{self.name} section"


def split(data: bytes) -> tuple[Section, ...]:
    """The sections of the module `data`; ModuleError where it isn't one."""
    check_header(data, MODULE)
    cursor = Cursor(data, HEADER_BYTES, len(data), "module")
    sections: list[Section] = []
    last = CUSTOM
    while cursor.pos < cursor.end:
        offset = cursor.pos
        cursor.check(len(sections) + 1, SECTIONS, offset)
        identifier = cursor.byte("a section's id")
        if identifier not in NAMES:
            raise cursor.error(f"section id {identifier} is unknown; known are 0 to 14", offset)
        name = NAMES[identifier]
        cursor.section = f"{name} section"
        size = cursor.u32("its size")
        start = cursor.pos
        cursor.skip(size, "it")
        if identifier == CUSTOM:
            inner = Cursor(data, start, cursor.pos, "custom section")
            name, start = inner.name("its name"), inner.pos
        elif _ORDER[identifier] <= _ORDER[last]:
            fault = "comes twice" if identifier == last else f"comes after the {NAMES[last]} one"
            raise cursor.error(fault, offset)
        else:
            last = identifier
        sections.append(Section(identifier, name, offset, start, cursor.pos))
        cursor.section = "module"
    return tuple(sections)


def without_customs(data: bytes, gone: Callable[[str], bool]) -> bytes:
    """The module `data` less the custom sections of those names, all other bytes as they were."""
    parts = [data[:HEADER_BYTES]]
    parts += [
        data[section.offset : section.end]
        for section in split(data)
        if section.id != CUSTOM or not gone(section.name)
    ]
    return b"".join(parts)


def is_component(data: bytes) -> bool:
    """Tell a component's beginning from a module's."""
    return data[:HEADER_BYTES] == MAGIC + COMPONENT


def check_header(data: bytes, wanted: bytes) -> None:
    """Raise ModuleError unless `data` begins as a binary of the version that is wanted."""
    if len(data) > MODULE_BYTES:
        raise ModuleError(
            f"{len(data)} bytes; at most {MODULE_BYTES} are allowed", section="header", offset=0
        )
    if data[:4] != MAGIC:
        raise ModuleError(f"not WebAssembly: {foreign.what(data)}", section="header", offset=0)
    version = data[4:8]
    if version == wanted:
        return
    if version == COMPONENT:
        raise ModuleError(
            "this is a component (version 0d 00 01 00), not a module;"
            " take the core module out of it first",
            section="header",
            offset=4,
        )
    found = version.hex(" ") if version else "missing"
    known = wanted.hex(" ")
    raise ModuleError(f"the version is {found}; only {known} is known", section="header", offset=4)

"""The `name` section: what the compiler called functions and the rest (specification, 7.4.1)."""

from __future__ import annotations

from dataclasses import dataclass, field

from wasmtrim.errors import ModuleError
from wasmtrim.wasm.cursor import Cursor
from wasmtrim.wasm.limits import Limit
from wasmtrim.wasm.module import Module
from wasmtrim.wasm.sections import without_customs

SECTION = "name"
SUBSECTIONS = {
    0: "module",
    1: "function",
    2: "local",
    3: "label",
    4: "type",
    5: "table",
    6: "memory",
    7: "global",
    8: "element",
    9: "data",
    10: "field",
    11: "tag",
}
_NAMED = ("type", "table", "memory", "global", "element", "data", "tag")
_ENTRIES = Limit("names", 1_000_000)
_PARTS = Limit("subsections", 256)  # each id comes once, and is a byte


@dataclass(frozen=True, slots=True)
class Subsection:
    """`data[offset:end]` is one part of the section, id and size with it."""

    kind: str
    offset: int
    end: int


@dataclass(frozen=True, slots=True)
class Names:
    """Names by index, of each kind of thing that has any.

    `fault` tells where the section is broken; what comes before that place is kept, as a broken
    name section doesn't make a module invalid.
    """

    module: str | None = None
    functions: dict[int, str] = field(default_factory=dict)
    others: dict[str, dict[int, str]] = field(default_factory=dict)
    subsections: tuple[Subsection, ...] = ()
    fault: ModuleError | None = None


def without(data: bytes) -> bytes:
    """The module `data` less its name sections, all other bytes as they were."""
    return without_customs(data, lambda name: name == SECTION)


def read(module: Module) -> Names:
    """The names of `module`; empty where it has no name section."""
    section = module.custom(SECTION)
    if section is None:
        return Names()
    cursor = section.cursor(module.data)
    title: str | None = None
    functions: dict[int, str] = {}
    others: dict[str, dict[int, str]] = {}
    subsections: list[Subsection] = []
    fault = None
    try:
        while cursor.pos < cursor.end:
            offset = cursor.pos
            cursor.check(len(subsections) + 1, _PARTS, offset)
            code = cursor.byte("a subsection's id")
            kind = SUBSECTIONS.get(code, f"subsection {code}")
            size = cursor.u32("a subsection's size")
            start = cursor.pos
            cursor.skip(size, f"the {kind} names")
            subsections.append(Subsection(kind, offset, cursor.pos))
            inner = Cursor(module.data, start, cursor.pos, f"name section, {kind} names")
            if kind == "module":
                title = _text(inner)
            elif kind == "function":
                _name_map(inner, functions)
            elif kind in _NAMED:
                _name_map(inner, others.setdefault(kind, {}))
    except ModuleError as error:
        fault = error
    return Names(title, functions, others, tuple(subsections), fault)


def _name_map(cursor: Cursor, into: dict[int, str]) -> None:
    for _ in range(cursor.count(_ENTRIES, 2)):
        index = cursor.u32("an index")
        into[index] = _text(cursor)
    cursor.done("the names")


def _text(cursor: Cursor) -> str:
    """A name; bytes that are not UTF-8 are shown as escapes, as nothing depends on them."""
    size = cursor.u32("a name's length")
    start = cursor.pos
    cursor.skip(size, "a name")
    return cursor.data[start : cursor.pos].decode(errors="backslashreplace")

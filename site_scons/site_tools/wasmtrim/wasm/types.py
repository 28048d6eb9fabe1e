"""The types of imports and exports, each with one text form, which contracts are written in.

    func()    func(i32, i64) -> i32    func() -> (i32, i64)
    memory    memory(1..16 pages)      memory(1.. pages, shared, 64-bit)
    table     table(2.. funcref)       table(1..9 externref, 64-bit)
    global    global(i32)              global(mut i64)
    tag       tag(i32)                 any
    instance  module  component  value  type        (of a component; and func, without its type)

A kind alone (`memory`) stands for every type of that kind, `any` for every type of all kinds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

PAGE_BYTES = 65_536
KINDS = ("func", "table", "memory", "global", "tag")
# What a component has beside functions. Their types are told by their kind alone.
COMPONENT_KINDS = ("instance", "module", "component", "value", "type")


@dataclass(frozen=True, slots=True)
class FuncType:
    """Value types are their text: `i32`, `funcref`, `(ref null 3)`."""

    params: tuple[str, ...] = ()
    results: tuple[str, ...] = ()

    kind = "func"

    def __str__(self) -> str:
        text = f"func({', '.join(self.params)})"
        if not self.results:
            return text
        results = ", ".join(self.results)
        return f"{text} -> {results}" if len(self.results) == 1 else f"{text} -> ({results})"


@dataclass(frozen=True, slots=True)
class MemoryType:
    """Sizes in pages of `page_bytes`; no `maximum` is None."""

    minimum: int
    maximum: int | None = None
    shared: bool = False
    is64: bool = False
    page_bytes: int = PAGE_BYTES

    kind = "memory"

    def __str__(self) -> str:
        page = "" if self.page_bytes == PAGE_BYTES else f" of {self.page_bytes} bytes"
        flags = (", shared" if self.shared else "") + (", 64-bit" if self.is64 else "")
        return f"memory({_bounds(self.minimum, self.maximum)} pages{page}{flags})"


@dataclass(frozen=True, slots=True)
class TableType:
    """Sizes in elements of the reference type `element`."""

    element: str
    minimum: int
    maximum: int | None = None
    shared: bool = False
    is64: bool = False

    kind = "table"

    def __str__(self) -> str:
        flags = (", shared" if self.shared else "") + (", 64-bit" if self.is64 else "")
        return f"table({_bounds(self.minimum, self.maximum)} {self.element}{flags})"


@dataclass(frozen=True, slots=True)
class GlobalType:
    value: str
    mutable: bool = False
    shared: bool = False

    kind = "global"

    def __str__(self) -> str:
        shared = "shared " if self.shared else ""
        return f"global({shared}{'mut ' if self.mutable else ''}{self.value})"


@dataclass(frozen=True, slots=True)
class TagType:
    params: tuple[str, ...] = ()

    kind = "tag"

    def __str__(self) -> str:
        return f"tag({', '.join(self.params)})"


ExternType: TypeAlias = FuncType | MemoryType | TableType | GlobalType | TagType


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Every type of one kind, or of all kinds (`kind` is "any")."""

    kind: str

    def __str__(self) -> str:
        return self.kind


Wanted: TypeAlias = ExternType | AnyOf


def matches(wanted: Wanted, actual: ExternType | AnyOf) -> bool:
    """Whether something of type `actual` serves where `wanted` is asked for.

    The specification's import matching (section 3.3.18, "External Types") without subtyping of
    references: functions, globals and tags are equal, a memory or table lies within the bounds.
    """
    if isinstance(wanted, AnyOf):
        return wanted.kind in ("any", actual.kind)
    if isinstance(wanted, MemoryType) and isinstance(actual, MemoryType):
        same = (wanted.shared, wanted.is64, wanted.page_bytes) == (
            actual.shared,
            actual.is64,
            actual.page_bytes,
        )
        return same and _within(wanted, actual)
    if isinstance(wanted, TableType) and isinstance(actual, TableType):
        same = (wanted.element, wanted.shared, wanted.is64) == (
            actual.element,
            actual.shared,
            actual.is64,
        )
        return same and _within(wanted, actual)
    return wanted == actual


def parse(text: str) -> Wanted:
    """The type that `text` writes down; ValueError says what is wrong and what is allowed."""
    text = " ".join(text.split())
    if text in ("any", *KINDS, *COMPONENT_KINDS):
        return AnyOf(text)
    found = _FORM.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is no type; write for example {_EXAMPLES}")
    kind, inner, arrow = found["kind"], found["inner"].strip(), found["results"]
    if arrow is not None and kind != "func":
        raise ValueError(f"{text!r}: only a func has results")
    match kind:
        case "func":
            return FuncType(_values(inner, text), _results(arrow, text))
        case "tag":
            return TagType(_values(inner, text))
        case "global":
            return _global(inner, text)
        case "memory":
            return _memory(inner, text)
        case _:
            return _table(inner, text)


_EXAMPLES = "func(i32, i64) -> i32, memory, memory(1..16 pages), table, global(mut i32) or any"
_FORM = re.compile(
    r"(?P<kind>func|table|memory|global|tag) ?\((?P<inner>.*?)\)(?: ?-> ?(?P<results>.+))?"
)
_VALUE = re.compile(
    r"i32|i64|f32|f64|v128|[a-z0-9]+ref|\(ref (?:null )?(?:shared )?(?:exact )?[a-z0-9]+\)"
)
_VALUES = re.compile(rf"(?:{_VALUE.pattern})(?: ?, ?(?:{_VALUE.pattern}))*")
_MEMORY = re.compile(
    r"(?P<min>\d+) ?\.\. ?(?P<max>\d*) pages(?: of (?P<page>\d+) bytes)?"
    r"(?P<shared>, shared)?(?P<is64>, 64-bit)?"
)
_TABLE = re.compile(
    rf"(?P<min>\d+) ?\.\. ?(?P<max>\d*) (?P<element>{_VALUE.pattern})"
    r"(?P<shared>, shared)?(?P<is64>, 64-bit)?"
)
_GLOBAL = re.compile(rf"(?P<shared>shared )?(?P<mut>mut )?(?P<value>{_VALUE.pattern})")


def _values(text: str, whole: str) -> tuple[str, ...]:
    if not text:
        return ()
    if not _VALUES.fullmatch(text):
        raise ValueError(
            f"{whole!r}: {text!r} are no value types; allowed are i32, i64, f32, f64, v128 and"
            " reference types such as funcref and externref, with commas between"
        )
    return tuple(_VALUE.findall(text))


def _results(text: str | None, whole: str) -> tuple[str, ...]:
    if text is None:
        return ()
    if text.startswith("(") and text.endswith(")") and not _VALUE.fullmatch(text):
        text = text[1:-1].strip()
    return _values(text, whole)


def _global(text: str, whole: str) -> GlobalType:
    found = _GLOBAL.fullmatch(text)
    if not found:
        raise ValueError(f"{whole!r} is no global; write for example global(mut i32)")
    return GlobalType(found["value"], bool(found["mut"]), bool(found["shared"]))


def _memory(text: str, whole: str) -> MemoryType:
    found = _MEMORY.fullmatch(text)
    if not found:
        raise ValueError(
            f"{whole!r} is no memory; write for example memory, memory(1.. pages),"
            " memory(1..16 pages) or memory(1..16 pages, shared)"
        )
    maximum = int(found["max"]) if found["max"] else None
    page = int(found["page"]) if found["page"] else PAGE_BYTES
    return MemoryType(int(found["min"]), maximum, bool(found["shared"]), bool(found["is64"]), page)


def _table(text: str, whole: str) -> TableType:
    found = _TABLE.fullmatch(text)
    if not found:
        raise ValueError(f"{whole!r} is no table; write for example table or table(2.. funcref)")
    maximum = int(found["max"]) if found["max"] else None
    return TableType(
        found["element"], int(found["min"]), maximum, bool(found["shared"]), bool(found["is64"])
    )


def _bounds(minimum: int, maximum: int | None) -> str:
    return f"{minimum}..{'' if maximum is None else maximum}"


def _within(wanted: MemoryType | TableType, actual: MemoryType | TableType) -> bool:
    if actual.minimum < wanted.minimum:
        return False
    return wanted.maximum is None or (
        actual.maximum is not None and actual.maximum <= wanted.maximum
    )

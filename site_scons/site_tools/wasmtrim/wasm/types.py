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


def _bounds(minimum: int, maximum: int | None) -> str:
    return f"{minimum}..{'' if maximum is None else maximum}"


def _within(wanted: MemoryType | TableType, actual: MemoryType | TableType) -> bool:
    if actual.minimum < wanted.minimum:
        return False
    return wanted.maximum is None or (
        actual.maximum is not None and actual.maximum <= wanted.maximum
    )

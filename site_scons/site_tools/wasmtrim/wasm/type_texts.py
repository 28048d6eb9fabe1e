"""Reads the text form of a type, as `types` has it and contracts are written in."""

from __future__ import annotations

import re

from wasmtrim.wasm.types import (
    COMPONENT_KINDS,
    KINDS,
    PAGE_BYTES,
    AnyOf,
    FuncType,
    GlobalType,
    MemoryType,
    TableType,
    TagType,
    Wanted,
)


def parse(text: str) -> Wanted:
    """The type that `text` writes down; ValueError says what is wrong and what is allowed."""
    text = " ".join(text.split())
    if text in ("any", *KINDS, *COMPONENT_KINDS):
        return AnyOf(text)
    found = _FORM.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is not a type; write for example {_EXAMPLES}")
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
            f"{whole!r}: {text!r} are not value types; allowed are i32, i64, f32, f64, v128 and"
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
        raise ValueError(f"{whole!r} is not a global; write for example global(mut i32)")
    return GlobalType(found["value"], bool(found["mut"]), bool(found["shared"]))


def _memory(text: str, whole: str) -> MemoryType:
    found = _MEMORY.fullmatch(text)
    if not found:
        raise ValueError(
            f"{whole!r} is not a memory; write for example memory, memory(1.. pages),"
            " memory(1..16 pages) or memory(1..16 pages, shared)"
        )
    maximum = int(found["max"]) if found["max"] else None
    page = int(found["page"]) if found["page"] else PAGE_BYTES
    return MemoryType(int(found["min"]), maximum, bool(found["shared"]), bool(found["is64"]), page)


def _table(text: str, whole: str) -> TableType:
    found = _TABLE.fullmatch(text)
    if not found:
        raise ValueError(f"{whole!r} is not a table; write for example table or table(2.. funcref)")
    maximum = int(found["max"]) if found["max"] else None
    return TableType(
        found["element"], int(found["min"]), maximum, bool(found["shared"]), bool(found["is64"])
    )

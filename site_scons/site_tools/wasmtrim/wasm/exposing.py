"""A module whose memories and tables are all exported, so that a host sees how far they grow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wasmtrim.wasm import sections
from wasmtrim.wasm.leb128 import unsigned
from wasmtrim.wasm.module import Module

_KINDS = {"table": 1, "memory": 2}  # specification 5.5.10, "exportdesc"


@dataclass(frozen=True)
class Exposed:
    """`memories` and `tables` are the names that each is exported by, in their order.

    `added` are those that the module has not. What follows the exports, as all code does, lies
    `shift` bytes further than in the module.
    """

    data: bytes
    memories: tuple[str, ...]
    tables: tuple[str, ...]
    added: tuple[str, ...]
    shift: int


def exposed(module: Module) -> Exposed:
    """Add the exports that are missing; nothing else in the module changes."""
    named = {(export.kind, export.index): export.name for export in module.exports}
    taken = {export.name for export in module.exports}
    added: list[str] = []
    entries: list[bytes] = []
    for kind, count in (("memory", len(module.memories)), ("table", len(module.tables))):
        for index in range(count):
            if (kind, index) not in named:
                name = named[kind, index] = _free(f"wasmtrim {kind} {index}", taken)
                added.append(name)
                entries.append(_entry(name, kind, index))
    data = _with(module, entries) if entries else module.data
    return Exposed(
        data,
        tuple(named["memory", index] for index in range(len(module.memories))),
        tuple(named["table", index] for index in range(len(module.tables))),
        tuple(added),
        len(data) - len(module.data),
    )


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "'"
    return name


def _entry(name: str, kind: str, index: int) -> bytes:
    text = name.encode()
    return unsigned(len(text)) + text + bytes([_KINDS[kind]]) + unsigned(index)


def _with(module: Module, entries: Sequence[bytes]) -> bytes:
    """The module with these entries at the end of its exports."""
    data, section = module.data, module.section(sections.EXPORT)
    count, before = 0, b""
    if section is None:
        order = [*sections.NAMES]
        later = order[order.index(sections.EXPORT) :]
        start = next((each.offset for each in module.sections if each.id in later), len(data))
        end = start
    else:
        cursor = section.cursor(data)
        count = cursor.u32("the number of exports")
        start, before, end = section.offset, data[cursor.pos : section.end], section.end
    content = unsigned(count + len(entries)) + before + b"".join(entries)
    framing = bytes([sections.EXPORT]) + unsigned(len(content))
    return data[:start] + framing + content + data[end:]

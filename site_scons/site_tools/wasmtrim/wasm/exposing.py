"""A module whose memories and tables are all exported, so that a host sees how far they grow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wasmtrim.wasm import rewriting, sections
from wasmtrim.wasm.module import Module

_KINDS = {"table": rewriting.TABLE_EXPORT, "memory": rewriting.MEMORY_EXPORT}


@dataclass(frozen=True)
class Exposed:
    """`memories` and `tables` are the names that each is exported by, in their order.

    `added` are those that the module has not; `entries` are the same as they are written. What
    follows the exports, as all code does, lies `shift` bytes further than in the module.
    """

    data: bytes
    memories: tuple[str, ...]
    tables: tuple[str, ...]
    added: tuple[str, ...]
    entries: tuple[bytes, ...]
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
                entries.append(rewriting.export_of(name, _KINDS[kind], index))
    data = _with(module, entries) if entries else module.data
    return Exposed(
        data,
        tuple(named["memory", index] for index in range(len(module.memories))),
        tuple(named["table", index] for index in range(len(module.tables))),
        tuple(added),
        tuple(entries),
        len(data) - len(module.data),
    )


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "'"
    return name


def _with(module: Module, entries: Sequence[bytes]) -> bytes:
    """The module with these entries at the end of its exports."""
    data, section = module.data, module.section(sections.EXPORT)
    if section is None:
        order = [*sections.NAMES]
        later = order[order.index(sections.EXPORT) :]
        start = next((each.offset for each in module.sections if each.id in later), len(data))
        end = start
    else:
        start, end = section.offset, section.end
    content = rewriting.longer(module, sections.EXPORT, entries)
    return data[:start] + rewriting.section_of(sections.EXPORT, content) + data[end:]

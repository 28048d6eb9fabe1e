"""Where a module names functions outside of bodies, and data segments inside."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from wasmtrim.stages.layout.relocatable import Site
from wasmtrim.wasm import Module, encodings, sections
from wasmtrim.wasm.constants import expression
from wasmtrim.wasm.cursor import Cursor
from wasmtrim.wasm.sections import Section


def of(module: Module, section: Section) -> list[Site]:
    """The functions that a section names, in file order; none where it can't name any.

    Function bodies and custom sections are not looked at.
    """
    entry = _ENTRIES.get(section.id)
    if entry is None:
        return []
    cursor = section.cursor(module.data)
    sites: list[Site] = []
    for start in module.starts.get(section.id, (section.start,)):
        cursor.pos = start
        sites += entry(cursor)
    return sites


def _table(cursor: Cursor) -> Iterator[Site]:
    if cursor.data.startswith(b"\x40\x00", cursor.pos):
        cursor.skip(2, "a table with an initial value")
        encodings.table_type(cursor)
        yield from _expression(cursor)


def _global(cursor: Cursor) -> Iterator[Site]:
    encodings.global_type(cursor)
    yield from _expression(cursor)


def _export(cursor: Cursor) -> Iterator[Site]:
    cursor.name("an export's name")
    if cursor.byte("an export's kind") == 0:
        yield _index(cursor)


def _start(cursor: Cursor) -> Iterator[Site]:
    yield _index(cursor)


def _element(cursor: Cursor) -> Iterator[Site]:
    """Flags (specification 3.0, section 5.5.12): 1 not active, 2 a table or declarative, 4
    expressions in place of indices."""
    flags = cursor.u32("an element segment's flags")
    if not flags & 1:
        if flags & 2:
            cursor.u32("a table")
        yield from _expression(cursor)
    if flags & 4 and flags & 3:
        encodings.value_type(cursor)
    elif flags & 3:
        cursor.byte("an element kind")
    for _ in range(cursor.u32("the number of elements")):
        if flags & 4:
            yield from _expression(cursor)
        else:
            yield _index(cursor)


def _expression(cursor: Cursor) -> Iterator[Site]:
    return (Site(*reference) for reference in expression(cursor, "a constant"))


def _index(cursor: Cursor) -> Site:
    start = cursor.pos
    return Site(cursor.u32("a function"), start, cursor.pos)


_ENTRIES: dict[int, Callable[[Cursor], Iterator[Site]]] = {
    sections.TABLE: _table,
    sections.GLOBAL: _global,
    sections.EXPORT: _export,
    sections.START: _start,
    sections.ELEMENT: _element,
}

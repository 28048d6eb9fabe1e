"""The tables that Go's runtime keeps of functions in data: pclntab, stack maps, inline trees.

Each entry is charged to the package of the function that it describes; what describes several
functions, to the first. Layout: Go's runtime/symtab.go and runtime/runtime2.go.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator

from wasmtrim.attribution import symbols
from wasmtrim.attribution.data.region import Region
from wasmtrim.wasm.golang.pclntab import ENTRY, FUNC, Table

_HEADER = 72  # bytes
_PC_VALUES = (4, 5, 6)  # fields of `_func` that are offsets in pctab: pcsp, pcfile, pcln
_PCDATA, _FUNCDATA = 7, 13
_ABSENT = 0xFFFFFFFF
RUNTIME = "runtime"


def regions(table: Table, package: Callable[[int], str]) -> Iterator[Region]:
    """The regions of the table; `package` tells that of the function in a slot."""
    found = list(_parts(table, package))
    return (Region(s + table.base, e + table.base, name, whose) for s, e, name, whose in found)


def _parts(table: Table, package: Callable[[int], str]) -> Iterator[tuple[int, int, str, str]]:
    functions = [(start, package(slot)) for slot, start in table.records()]
    end = table.funcdata or len(table.memory)
    yield table.at, table.at + _HEADER, "pclntab: header", RUNTIME
    yield from _texts(table, table.names, table.units, "pclntab: function names", _of_name)
    yield table.units, table.files, "pclntab: files by unit", RUNTIME
    known = {whose for _, whose in functions}
    yield from _texts(
        table, table.files, table.values, "pclntab: file names", lambda text: _of_file(text, known)
    )
    yield from _spread(
        _used(table, functions, table.values, _pc_values), table.lines, "pclntab: lines and stacks"
    )
    after_index = table.lines + table.count * ENTRY.size
    for place, (_, whose) in enumerate(functions):
        start = table.lines + place * ENTRY.size
        yield start, start + ENTRY.size, "pclntab: functions", whose
    yield from _spread(
        {start: whose for start, whose in functions if after_index <= start < end},
        min(end, len(table.memory)),
        "pclntab: functions",
    )
    search = table.search
    if table.funcdata and search and table.funcdata < search:
        found = _used(table, functions, table.funcdata, _funcdata)
        yield from _spread(found, search, "stack maps and inline trees")
        yield search, table.search_end, "pclntab: index by address", RUNTIME


def _spread(starts: dict[int, str], end: int, name: str) -> Iterator[tuple[int, int, str, str]]:
    """A range from each start up to the next one."""
    ordered = sorted(starts)
    for start, after in zip(ordered, [*ordered[1:], end], strict=False):
        if start < min(after, end):
            yield start, min(after, end), name, starts[start]


def _used(
    table: Table,
    functions: Iterable[tuple[int, str]],
    base: int,
    offsets: Callable[[Table, int], Iterable[int]],
) -> dict[int, str]:
    """Where the entries in a table begin, and the package of the first function that uses each."""
    found: dict[int, str] = {}
    for start, whose in functions:
        for offset in offsets(table, start):
            if offset not in (0, _ABSENT) and base + offset < len(table.memory):
                found.setdefault(base + offset, whose)
    return found


def _pc_values(table: Table, start: int) -> tuple[int, ...]:
    fields = FUNC.unpack_from(table.memory, start)
    more = _words(table, start + FUNC.size, fields[_PCDATA])
    return (*(fields[place] for place in _PC_VALUES), *more)


def _funcdata(table: Table, start: int) -> tuple[int, ...]:
    fields = FUNC.unpack_from(table.memory, start)
    return _words(table, start + FUNC.size + 4 * fields[_PCDATA], fields[_FUNCDATA])


def _words(table: Table, at: int, count: int) -> tuple[int, ...]:
    if count > 64 or at + 4 * count > len(table.memory):
        return ()
    return struct.unpack_from(f"<{count}I", table.memory, at)


def _texts(
    table: Table, start: int, end: int, name: str, whose: Callable[[str], str]
) -> Iterator[tuple[int, int, str, str]]:
    """The texts from `start` to `end`, each with the NUL after it."""
    for text in table.memory[start:end].split(b"\0"):
        after = min(start + len(text) + 1, end)
        if text:
            yield start, after, name, whose(text.decode(errors="replace"))
        start = after


def _of_name(text: str) -> str:
    return symbols.parse(text).package or RUNTIME


def _of_file(text: str, known: set[str]) -> str:
    folder = text.rpartition("/")[0]
    return folder if folder in known else ""

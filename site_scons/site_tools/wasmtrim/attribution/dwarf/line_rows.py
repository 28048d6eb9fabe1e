"""Which source files the bytes of functions come from, by the line tables of DWARF.

Inlined code has the lines of where it was written. Addresses are as in `dwarf`.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from wasmtrim.attribution.dwarf.units import path

if TYPE_CHECKING:
    from elftools.dwarf.compileunit import CompileUnit


_NOWHERE = -1  # behind the end of a sequence


class LineRows:
    """The rows of all units of one module, by address."""

    def __init__(self, units: Iterable[CompileUnit]) -> None:
        numbers: dict[str, int] = {"": _NOWHERE}
        rows: list[tuple[int, int]] = []
        seen: set[object] = set()
        for unit in units:
            with suppress(Exception):  # whatever is broken: the rows before it hold
                table = unit.get_top_DIE().attributes["DW_AT_stmt_list"].value
                if table in seen:  # units may share one, without end
                    continue
                seen.add(table)
                for address, file in _rows(unit):
                    rows.append((address, numbers.setdefault(file, len(numbers) - 1)))
        self._files = list(numbers)[1:]
        rows.sort(key=lambda row: row[0])  # stable: of one address the last row holds
        self._starts = array("Q", (address for address, _ in rows))
        self._numbers = array("i", (number for _, number in rows))

    def files(self, start: int, end: int) -> Counter[str]:
        """Of the addresses `start..end`, how many bytes come from each file that is known."""
        found: Counter[str] = Counter()
        first = bisect_left(self._starts, start)
        last = bisect_right(self._starts, end - 1)
        for place in range(first, last):
            after = self._starts[place + 1] if place + 1 < last else end
            number = self._numbers[place]
            if number != _NOWHERE and after > self._starts[place]:
                found[self._files[number]] += after - self._starts[place]
        return found

    def file(self, address: int) -> str:
        """The file that the byte at an address comes from; "" where that isn't known."""
        place = bisect_right(self._starts, address) - 1
        number = self._numbers[place] if place >= 0 else _NOWHERE
        return "" if number == _NOWHERE else self._files[number]


def _rows(unit: CompileUnit) -> Iterator[tuple[int, str]]:
    """Address and file of each row; "" where a sequence ends."""
    program: Any = unit.dwarfinfo.line_program_for_CU(unit)
    if program is None:
        return
    paths: dict[int, str] = {}
    for entry in program.get_entries():
        state = entry.state
        if state is None:
            continue
        if state.end_sequence:
            yield state.address, ""
            continue
        if state.file not in paths:
            paths[state.file] = path(unit, state.file)
        yield state.address, paths[state.file]

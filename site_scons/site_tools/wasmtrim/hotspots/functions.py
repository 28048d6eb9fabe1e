"""The functions that a run came to, with the names that attribution gives them."""

from __future__ import annotations

from typing import Final

from wasmtrim.attribution.owners import Owners
from wasmtrim.attribution.packages import groups, naming
from wasmtrim.escaping import excerpt
from wasmtrim.records.hotspots import FunctionRow

_NAME_CHARACTERS: Final = 300
CUT: Final = FunctionRow("(stacks that were cut)", naming.UNKNOWN_PACKAGE, groups.UNKNOWN, "")


class Functions:
    """Gives each function that is asked for a place in a list, in the order asked."""

    def __init__(self, owners: Owners) -> None:
        self._owners = owners
        self._places: dict[int | None, int] = {}

    def place(self, index: int | None) -> int:
        """The place of the function `index`; None: what stands for the stacks that were cut."""
        return self._places.setdefault(index, len(self._places))

    def rows(self) -> tuple[FunctionRow, ...]:
        """All of them, by place."""
        return tuple(map(self._row, self._places))

    def _row(self, index: int | None) -> FunctionRow:
        if index is None:
            return CUT
        known = self._owners
        package, group = known.package(index), known.group(index).name
        name = excerpt(known.name(index), _NAME_CHARACTERS)
        return FunctionRow(name, excerpt(package), group, excerpt(known.where(index)))


def split(where: str) -> tuple[str, int]:
    """The file and the line that `FunctionRow.where` says; a line of 0 is unknown."""
    file, _, line = where.rpartition(":")
    return (file, int(line)) if file and line.isdecimal() else (where, 0)

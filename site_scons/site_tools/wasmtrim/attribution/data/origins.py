"""Which package the code at a place of the file came from: inlined code has that of its source."""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property
from typing import TYPE_CHECKING

from wasmtrim.attribution.data.references import Number
from wasmtrim.attribution.dwarf.info import LazyLocation
from wasmtrim.attribution.packages.inlining import Inlining
from wasmtrim.records.locations import SourceLocation
from wasmtrim.wasm.golang.pclntab import GoFunction

if TYPE_CHECKING:
    from wasmtrim.attribution.owners import Owners


class Origins:
    """By the lines of debug information, where there are any; else by the function."""

    def __init__(self, owners: Owners) -> None:
        self._owners = owners
        self._inlining = Inlining(owners)
        self._places: dict[int, SourceLocation | LazyLocation | None] = {}
        self._packages: dict[int, tuple[str]] = {}

    def of(self, number: Number) -> Collection[str]:
        """The packages that have this number in their code; several where lines do not tell."""
        function, offset, address = number
        if function not in self._packages:
            self._read(function)
        own = self._packages[function]
        match self._places[function]:
            case LazyLocation() as place:
                file = place.file_at(offset)
                return (self._inlining.package(file, function),) if file else own
            case SourceLocation() as place if found := _referring(place, address):
                return found
        # TinyGo's wasm-opt inlined the function that has it, or nobody knows its lines.
        return self._anywhere.get(address, own)

    def _read(self, function: int) -> None:
        found = self._owners.of(function)
        place = found[0].place if found else None
        self._places[function] = None if isinstance(place, GoFunction) else place
        self._packages[function] = (self._owners.package(function),)

    @cached_property
    def _anywhere(self) -> dict[int, set[str]]:
        """The packages that refer to an address in any function of the debug build."""
        found: dict[int, set[str]] = {}
        for place in self._owners.locations.values():
            for package, addresses in place.data.items():
                for address in addresses:
                    found.setdefault(address, set()).add(package)
        return found


def _referring(place: SourceLocation, address: int) -> list[str]:
    return [package for package, addresses in place.data.items() if address in addresses]

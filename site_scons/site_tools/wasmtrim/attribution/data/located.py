"""Data by what a debug build knows of it: the linker's symbols, and the lines of DWARF.

A debug build holds of the module that ships where both have the same memory before anything runs:
one linker then laid out the same data in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from wasmtrim import sizes
from wasmtrim.attribution import symbols
from wasmtrim.attribution.dwarf.variables import Variable
from wasmtrim.attribution.packages import naming
from wasmtrim.attribution.symbols.languages import GO
from wasmtrim.records.locations import DataLocation, DataLocations
from wasmtrim.wasm import image
from wasmtrim.wasm.module import Module

if TYPE_CHECKING:
    from wasmtrim.attribution.names.linker_map import LinkerMap


def proven(
    linked: Module, debug: Module, variables: Iterable[Variable], linker_map: LinkerMap | None
) -> DataLocations | None:
    """Name the data of `linked` as its debug build does; None where the two have other data.

    `variables` and `linker_map` are of the debug build. Several rows may be of one range: `merged`
    makes one of them.
    """
    start, end = image.extent(linked)
    if (start, end) != image.extent(debug) or not image.is_bounded(linked, start, end):
        return None
    memory = image.read(linked, start, end)
    if image.read(debug, start, end) != memory:
        return None
    rows = (row for row in _rows(variables, linker_map) if start <= row.start and row.end <= end)
    return DataLocations(start, end, sizes.sha256(memory), tuple(rows))


def merged(
    found: Iterable[DataLocation], name: Callable[[str], str], package: Callable[[str], str]
) -> tuple[DataLocation, ...]:
    """One row a range, in order. `name` is what a file is called, `package` what it is of.

    A compiler makes one of texts that are alike: what files of several packages have is nobody's.
    """
    rows = []
    ordered = sorted(found, key=lambda row: (row.start, row.end, not row.file))
    for (start, end), same in groupby(ordered, key=lambda row: row[:2]):
        first, *others = same
        held = [row for row in (first, *others) if bool(row.file) == bool(first.file)]
        told = {row.package or package(row.file) for row in held} - {""}
        told = told or {row.package for row in others} - {""}
        file = name(first.file) if first.file else ""
        owner = told.pop() if len(told) == 1 else ""
        rows.append(DataLocation(start, end, first.name, file, owner))
    return tuple(rows)


def of(module: Module, known: DataLocations) -> tuple[DataLocation, ...]:
    """The rows that hold of a module: all, or none where its memory begins with other bytes."""
    start, end = known.start, known.end
    if not image.is_bounded(module, start, end):
        return ()
    memory = image.read(module, start, end)
    return known.places if sizes.sha256(memory) == known.sha256 else ()


def _rows(variables: Iterable[Variable], linker_map: LinkerMap | None) -> Iterator[DataLocation]:
    for start, end, name, file, _ in variables:
        symbol = symbols.parse(name)
        package = symbol.package if symbol.language == GO else ""
        yield DataLocation(start, end, name, "" if file.startswith("<") else file, package)
    for start, end, name, archive in linker_map.data if linker_map else ():
        symbol = symbols.parse(name)
        package = symbol.package or archive or naming.package_of(symbol)
        yield DataLocation(start, end, name, "", package)

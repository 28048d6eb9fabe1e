"""Data by the names that its program has for it: DWARF's variables, and a linker's map, of the
module itself or of its debug build."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from wasmtrim.attribution import packages, source_files
from wasmtrim.attribution.data import located
from wasmtrim.attribution.data.region import Region
from wasmtrim.attribution.symbols import Symbol
from wasmtrim.attribution.symbols.languages import CPP, C

if TYPE_CHECKING:
    from wasmtrim.attribution.owners import Owners


# What compilers call data that has no name: constants and strings.
_ANONYMOUS = re.compile(
    r"(?:\.L)?(?:anon\.[0-9a-f]{32}\.\d+|__unnamed_\d+|\.?str(?:\.\d+)*)(?:\.llvm\.\d+)?"
)


def regions(owners: Owners) -> Iterator[Region]:
    """The variables, each with the package that declares it; those of a map after DWARF's."""
    if owners.dwarf:
        for variable, language in owners.dwarf.variables:
            symbol = owners.parse(variable.name)
            package = symbol.package
            if language in (C, CPP) and variable.file and not _is_scoped(symbol):
                package = source_files.package_of(variable.file)
            yield Region(variable.start, variable.end, symbol.name, package)
    for place in located.of(owners.module, owners.data) if owners.data else ():
        yield Region(place.start, place.end, owners.parse(place.name).name, place.package)
    if owners.linker_map:
        for start, end, name, archive in owners.linker_map.data:
            symbol = owners.parse(name)
            shown = "" if _ANONYMOUS.fullmatch(name) else symbol.name
            package = symbol.package or archive or (shown and packages.package_of(symbol))
            yield Region(start, end, shown, package)


def _is_scoped(symbol: Symbol) -> bool:
    return bool(symbol.package) and "::" in symbol.name

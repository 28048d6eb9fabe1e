"""Data by the names that its program has for it: DWARF's variables and a linker's map, of the
module itself or of its debug build, and names of segments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from wasmtrim.attribution.data import located
from wasmtrim.attribution.data.region import Region
from wasmtrim.attribution.packages import naming, source_files
from wasmtrim.attribution.symbols.languages import CPP, C

if TYPE_CHECKING:
    from wasmtrim.attribution.dwarf.info import Dwarf
    from wasmtrim.attribution.dwarf.variables import Variable
    from wasmtrim.attribution.owners import Owners


# What compilers call data that has no name: constants and strings.
_ANONYMOUS = re.compile(
    r"(?:\.L)?(?:anon\.[0-9a-f]{32}\.\d+|__unnamed_\d+|\.?str(?:\.\d+)*)(?:\.llvm\.\d+)?"
)
_LOCAL = re.compile(r"_ZZ\d")  # a static variable of a function that is in no namespace
# A segment that wasm-ld kept apart; wasm-opt numbers the parts that it cuts one into.
_SEGMENT = re.compile(r"\.(?:rodata|t?data)\.(?P<symbol>(?!\d+$).+?)(?P<part>\.\d+)?")


def is_anonymous(segment: str) -> bool:
    """Whether the name of a segment is the compiler's alone: `.rodata..L.str.1`."""
    found = _SEGMENT.fullmatch(segment)
    return found is not None and _is_made_up(f"{found['symbol']}{found['part'] or ''}")


def regions(owners: Owners) -> Iterator[Region]:
    """The variables, each with the package that declares it; those of a map after DWARF's.

    A text of C++ has no namespace, as its functions have, so its package is left open.
    """
    if owners.dwarf:
        yield from _agreed(
            Region(
                variable.start,
                variable.end,
                owners.parse(variable.name).name,
                _package(owners, owners.dwarf, variable, language),
            )
            for variable, language in owners.dwarf.variables
        )
    for place in located.of(owners.module, owners.data) if owners.data else ():
        yield Region(place.start, place.end, owners.parse(place.name).name, place.package)
    if owners.linker_map:
        for start, end, name, archive in owners.linker_map.data:
            symbol = owners.parse(name)
            shown = "" if _is_made_up(name) else symbol.name
            package = symbol.package or archive or (shown and naming.package_of(symbol))
            yield Region(start, end, shown, package)


def _package(owners: Owners, told: Dwarf, variable: Variable, language: str) -> str:
    """What declares a variable; TinyGo's units say that they are C."""
    package, file = owners.parse(variable.name).package, variable.file
    if file.endswith(".go"):
        return package or told.folders.get(str(PurePosixPath(file).parent), "")
    in_file = language == C or (language == CPP and not variable.is_text)
    if in_file and not variable.scoped and not source_files.is_made_up(file):
        return source_files.package_of(file)
    return package


def _agreed(found: Iterable[Region]) -> Iterator[Region]:
    """One region a range: a compiler makes one of texts that are alike, which may be of several
    packages."""
    for _, same in groupby(sorted(found), key=lambda region: region[:2]):
        first, *others = same
        is_of_one = all(other.package == first.package for other in others)
        yield first if is_of_one else first._replace(package="")


def segments(owners: Owners) -> Iterator[Region]:
    """The segments that are called by a symbol."""
    every = owners.module.segments
    for number, name in owners.names.others.get("data", {}).items():
        found = _SEGMENT.fullmatch(name) if number < len(every) else None
        if found is None or is_anonymous(name):
            continue
        _, memory, base, start, end = every[number]
        if base is not None and not memory:
            symbol = owners.parse(found["symbol"])
            is_local = _LOCAL.match(found["symbol"]) is not None
            package = "" if is_local else naming.package_of(symbol)
            yield Region(base, base + end - start, symbol.name, package)


def _is_made_up(name: str) -> bool:
    return _ANONYMOUS.fullmatch(name) is not None

"""Where functions and data of a TinyGo module are in its sources: `NAME.locations.json`.

A debug build, made for this alone, tells it by DWARF and its linker's map. It is believed of
functions whose code is the same in both builds, as their linker left it, and of data where all of
it is. Paths are the same on every machine.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from wasmtrim import records, sizes, wasm
from wasmtrim.attribution import symbols
from wasmtrim.attribution.data import located
from wasmtrim.attribution.data.references import Number, References
from wasmtrim.attribution.dwarf.info import Dwarf
from wasmtrim.attribution.names.linker_map import LinkerMap
from wasmtrim.attribution.packages import source_files
from wasmtrim.attribution.packages.naming import family
from wasmtrim.errors import ModuleError
from wasmtrim.records.locations import DataLocations, LocationsRecord, SourceLocation
from wasmtrim.wasm import bodies, names
from wasmtrim.wasm.module import Module

# A TinyGo that brings its libc built: debug information has the paths of where that was done.
_PREBUILT = re.compile(r"/(lib/wasi-libc/.+)")


@dataclass(frozen=True)
class Locations:
    """`functions` are by symbol. `folders` has the package of each folder with Go files, as long as
    files are called as the compiler knew them."""

    functions: Mapping[str, SourceLocation] = field(default_factory=dict)
    data: DataLocations | None = None
    folders: Mapping[str, str] = field(default_factory=dict)


def proven(linked: bytes, debug: bytes, linker_map: LinkerMap | None = None) -> Locations:
    """Tell where functions and data of `linked` are that are the same in its debug build.

    `linker_map` is that of the debug build.
    """
    ours, theirs = wasm.read(linked), wasm.read(debug)
    index = {name: at for at, name in names.read(theirs).functions.items()}
    told = Dwarf(theirs)
    numbers: dict[int, list[Number]] = {}
    for number in References(theirs, None).in_code:
        numbers.setdefault(number.function, []).append(number)
    found = {}
    for at, name in names.read(ours).functions.items():
        other = index.get(name, -1)
        if _defined(ours, at) and _defined(theirs, other) and _same(ours, at, theirs, other):
            place = told.place(other)
            if place is not None:
                data: dict[str, set[int]] = {}
                for number in numbers.get(other, ()):
                    data.setdefault(told.file(number.place), set()).add(number.address)
                found[name] = place._replace(code=dict(told.files(other)), data=_ordered(data))
    variables = (variable for variable, _ in told.variables)
    named = located.proven(ours, theirs, variables, linker_map)
    return Locations(found, named, told.folders)


def portable(locations: Locations, roots: Mapping[str, Path]) -> Locations:
    """Name the files by the root that they are below, `$GOROOT/src/sort/sort.go`, or "" for none.

    `roots` has its folder by its name; "" is the project itself. What symbols leave open, C's and
    those that are exported under a name of their own, gets its package, and so do texts.
    """

    def package_of(file: str) -> str:
        if file.endswith(".go"):
            return locations.folders.get(str(PurePosixPath(file).parent), "")
        return "" if source_files.is_made_up(file) else family(_below(file, roots))

    functions = {
        symbol: place._replace(
            file=_below(place.file, roots),
            package="" if symbols.parse(symbol).package else package_of(place.file),
            code=_by_package(place.code, package_of),
            data=_data_by_package(place.data, package_of),
        )
        for symbol, place in locations.functions.items()
    }
    data = locations.data
    if data:
        places = located.merged(data.places, lambda file: _below(file, roots), package_of)
        data = replace(data, places=places)
    return Locations(functions, data)


def _by_package(code: Mapping[str, int], package_of: Callable[[str], str]) -> dict[str, int]:
    """Bytes by package, of bytes by file; those of a file of no known package are left out."""
    found: Counter[str] = Counter()
    for file, size in code.items():
        found[package_of(file)] += size
    found.pop("", None)
    return dict(sorted(found.items()))


def _data_by_package(
    data: Mapping[str, Collection[int]], package_of: Callable[[str], str]
) -> dict[str, tuple[int, ...]]:
    """Addresses by package, of those by file; those of a file of no known package are left out."""
    found: dict[str, set[int]] = {}
    for file, addresses in data.items():
        found.setdefault(package_of(file), set()).update(addresses)
    found.pop("", None)
    return _ordered(found)


def _ordered(found: Mapping[str, Collection[int]]) -> dict[str, tuple[int, ...]]:
    return {name: tuple(sorted(addresses)) for name, addresses in sorted(found.items())}


def write(path: Path, linked: bytes, locations: Locations) -> None:
    """Write the record of the module that the linker left, a line a function."""
    ordered = dict(sorted(locations.functions.items()))
    record = LocationsRecord(sizes.sha256(linked), ordered, data=locations.data)
    records.LOCATIONS.write(path, record)


def read(path: Path, linked: str) -> Locations:
    """Read what is known of the linked module with this sha256; nothing where there is no record.

    One of another build, or of another version, is none.
    """
    found = records.LOCATIONS.find(path)
    ours = found is not None and found.linked == linked
    return Locations(found.functions, found.data) if found and ours else Locations()


def _defined(module: Module, index: int) -> bool:
    return module.imported_functions <= index < len(module.functions)


def _same(ours: Module, index: int, theirs: Module, other: int) -> bool:
    try:
        return bodies.shortest(ours, index) == bodies.shortest(theirs, other)
    except ModuleError:
        return False


def _below(file: str, roots: Mapping[str, Path]) -> str:
    path = PurePosixPath(file)
    for name, root in sorted(roots.items(), key=lambda entry: -len(entry[1].parts)):
        if path.is_relative_to(root):
            return str(PurePosixPath(name) / path.relative_to(root))
    prebuilt = _PREBUILT.search(file)
    return f"$TINYGOROOT/{prebuilt[1]}" if prebuilt else path.name

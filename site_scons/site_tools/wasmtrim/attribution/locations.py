"""Where the functions of a TinyGo module are in its sources: `NAME.locations.json`.

A debug build, made for this alone, tells it by DWARF. It is believed of functions whose code is
the same in both builds, as their linker left it. Paths are the same on every machine.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from pathlib import Path, PurePosixPath

from wasmtrim import records, sizes, wasm
from wasmtrim.attribution import symbols
from wasmtrim.attribution.data.references import Number, References
from wasmtrim.attribution.dwarf import Dwarf
from wasmtrim.attribution.packages import family
from wasmtrim.errors import ModuleError
from wasmtrim.records.locations import LocationsRecord, SourceLocation
from wasmtrim.wasm import bodies, names
from wasmtrim.wasm.module import Module

# A TinyGo that brings its libc built: debug information has the paths of where that was done.
_PREBUILT = re.compile(r"/(lib/wasi-libc/.+)")


def proven(linked: bytes, debug: bytes) -> dict[str, SourceLocation]:
    """Tell by symbol where the functions of `linked` are that are the same in its debug build."""
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
    return found


def portable(
    locations: Mapping[str, SourceLocation], roots: Mapping[str, Path]
) -> dict[str, SourceLocation]:
    """Name the files by the root that they are below, `$GOROOT/src/sort/sort.go`, or "" for none.

    `roots` has its folder by its name; "" is the project itself. What symbols leave open, C's and
    those that are exported under a name of their own, gets its package.
    """
    named = {symbol: p._replace(file=_below(p.file, roots)) for symbol, p in locations.items()}
    folders = {
        str(PurePosixPath(place.file).parent): symbols.parse(symbol).package
        for symbol, place in named.items()
        if symbols.parse(symbol).language == "go" and place.file.endswith(".go")
    }
    return {
        symbol: place._replace(
            package="" if symbols.parse(symbol).package else _package(place.file, folders),
            code=_by_package(place.code, roots, folders),
            data=_data_by_package(place.data, roots, folders),
        )
        for symbol, place in named.items()
    }


def _by_package(
    code: Mapping[str, int], roots: Mapping[str, Path], folders: Mapping[str, str]
) -> dict[str, int]:
    """Bytes by package, of bytes by file; those of a file of no known package are left out."""
    found: Counter[str] = Counter()
    for file, size in code.items():
        found[_package(_below(file, roots), folders)] += size
    found.pop("", None)
    return dict(sorted(found.items()))


def _data_by_package(
    data: Mapping[str, Collection[int]], roots: Mapping[str, Path], folders: Mapping[str, str]
) -> dict[str, tuple[int, ...]]:
    """Addresses by package, of those by file; those of a file of no known package are left out."""
    found: dict[str, set[int]] = {}
    for file, addresses in data.items():
        found.setdefault(_package(_below(file, roots), folders), set()).update(addresses)
    found.pop("", None)
    return _ordered(found)


def _ordered(found: Mapping[str, Collection[int]]) -> dict[str, tuple[int, ...]]:
    return {name: tuple(sorted(addresses)) for name, addresses in sorted(found.items())}


def write(path: Path, linked: bytes, locations: Mapping[str, SourceLocation]) -> None:
    """Write the record of the module that the linker left, a line a function."""
    ordered = dict(sorted(locations.items()))
    records.LOCATIONS.write(path, LocationsRecord(sizes.sha256(linked), ordered))


def read(path: Path, linked: str) -> Mapping[str, SourceLocation]:
    """Read what is known of the linked module with this sha256; nothing where there is no record.

    One of another build, or of another version, is none.
    """
    found = records.LOCATIONS.find(path)
    return found.functions if found and found.linked == linked else {}


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


def _package(file: str, folders: Mapping[str, str]) -> str:
    if file.endswith(".go"):
        return folders.get(str(PurePosixPath(file).parent), "")
    return family(file)

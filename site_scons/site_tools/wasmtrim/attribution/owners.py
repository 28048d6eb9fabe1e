"""The owners of functions: their symbols and source files, packages and groups."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, TypeAlias

from wasmtrim.attribution import symbols
from wasmtrim.attribution.dwarf import info as dwarf
from wasmtrim.attribution.dwarf.info import Dwarf, LazyLocation
from wasmtrim.attribution.packages import groups, naming, source_files
from wasmtrim.attribution.packages.groups import Group, Proof
from wasmtrim.attribution.symbols import Languages, Symbol, wit
from wasmtrim.attribution.symbols.languages import CPP, GO, RUST, ZIG, C
from wasmtrim.records.locations import DataLocations, SourceLocation
from wasmtrim.wasm import Component
from wasmtrim.wasm.golang.pclntab import GoFunction, Table
from wasmtrim.wasm.module import Export, Import, Module
from wasmtrim.wasm.names import Names

if TYPE_CHECKING:
    from wasmtrim.attribution.data.references import References
    from wasmtrim.attribution.names.linker_map import LinkerMap

APPROXIMATE = "approximate match with the unstripped build"  # a name source


@dataclass(frozen=True, slots=True)
class Owner:
    """A function of the source: several where bodies that were alike became one.

    `place` tells file, line and what was inlined, where pclntab, DWARF or a debug build know it.
    """

    symbol: Symbol
    place: GoFunction | SourceLocation | LazyLocation | None = None

    @property
    def where(self) -> str:
        """`image/gif/writer.go:120`, without the line if that isn't known; "" for nowhere."""
        file = self.place.file if self.place else ""
        line = self.place.line if self.place and file else 0
        return f"{file}:{line}" if line else file


# What a name source gives: a symbol as it is written, an import or export, or the owners.
Entry: TypeAlias = str | Import | Export | tuple[Owner, ...]


@dataclass(frozen=True)
class Owners:
    """The owners of the functions of one module, made on demand, as there may be a million.

    `entries` has, by function index, what the first name source that knows the function says.
    `name_sources` are the sources that named any, in the order asked; names by APPROXIMATE are
    likely, not proven. `proof` tells own packages from third-party ones. `languages` are the
    languages of the names. A debug build gave `locations`, by symbol, and `data`, the names of
    data. `component` is the component whose program the module is. `table` is the pclntab of a
    program by standard Go, `linker_map` the map of its linker. `inlined` is what `Inlining` keeps.
    """

    module: Module
    names: Names
    entries: Mapping[int, Entry]
    name_sources: tuple[str, ...]
    proof: Proof = field(default_factory=Proof)
    languages: Languages = field(default_factory=Languages)
    locations: Mapping[str, SourceLocation] = field(default_factory=dict)
    component: Component | None = None
    table: Table | None = None
    linker_map: LinkerMap | None = None
    data: DataLocations | None = None
    inlined: dict[int, Mapping[str, int]] = field(default_factory=dict)

    @cached_property
    def dwarf(self) -> Dwarf | None:
        """What the module's own debug information says, if it has any."""
        return Dwarf(self.module) if self.module.custom(dwarf.SECTION) else None

    @cached_property
    def references(self) -> References:
        """What code and data refer to by address."""
        from wasmtrim.attribution.data.references import References  # for whoever opens data

        return References(self.module, self.table)

    @property
    def is_go(self) -> bool:
        """Whether the module is a program by standard Go."""
        return self.table is not None

    @property
    def approximate(self) -> bool:
        return APPROXIMATE in self.name_sources

    def of(self, index: int) -> tuple[Owner, ...]:
        """The owners of a function; none where nobody knows it."""
        match self.entries.get(index, ()):
            case str(written):
                return (self._placed(index, written),)
            case Import(module, name):
                return (Owner(Symbol(f"{module}.{name}", module, "import")),)
            case Export(name):
                return (Owner(wit.parse(name) or Symbol(name, "", "")),)
            case known:
                return known

    def parse(self, written: str) -> Symbol:
        """The symbol behind a name, in the languages of this module."""
        return symbols.parse(written, self.languages)

    def _placed(self, index: int, written: str) -> Owner:
        """What a symbol says, and the debug information of a function that has it."""
        symbol, place = self.parse(written), self.locations.get(written)
        if place:
            if place.package and not symbol.package:
                language = "go" if place.file.endswith(".go") else "c"
                symbol = replace(symbol, package=place.package, language=language)
            return Owner(symbol, place)
        if self.dwarf is None or index < self.module.imported_functions:
            return Owner(symbol)
        told = LazyLocation(self.dwarf, index)
        if symbol.package:
            return Owner(symbol, told)
        file, language = self.dwarf.source(index)
        if self.languages.dotted == ZIG:  # whose units say that they are C
            file = told.file
            language = ZIG if file.endswith(".zig") else C
        elif language == C:  # whose units may include other files that are sources
            file = told.file or file
        if file.endswith(".go"):
            package = self.dwarf.folders.get(str(PurePosixPath(file).parent), "")
            symbol = replace(symbol, package=package, language=GO)
        elif file and language:
            symbol = replace(symbol, package=source_files.package_of(file), language=language)
        return Owner(symbol, told)

    def symbol(self, index: int) -> Symbol | None:
        """The first owner's symbol; None where nobody knows the function."""
        found = self.of(index)
        return found[0].symbol if found else None

    def package(self, index: int) -> str:
        """The package that a function is summed up under."""
        symbol = self.symbol(index)
        return (naming.package_of(symbol) if symbol else "") or naming.UNKNOWN_PACKAGE

    def group(self, index: int) -> Group:
        """Whose a function is."""
        symbol = self.symbol(index)
        return groups.group_of(symbol, self.proof) if symbol else Group(groups.UNKNOWN)

    def group_of_package(self, package: str) -> Group:
        """Whose a package is, which may have data alone."""
        if package not in self._groups:
            symbol = Symbol("", package, self._language_of(package))
            self._groups[package] = groups.group_of(symbol, self.proof)
        return self._groups[package]

    def _language_of(self, package: str) -> str:
        """The language of a package that no function has for its own."""
        if package.startswith((naming.C_OTHER, naming.C_RUNTIME)):
            return C
        if package.startswith(naming.CPP_OTHER):
            return CPP
        return RUST if self.languages.paths == RUST else self.languages.dotted

    @cached_property
    def _groups(self) -> dict[str, Group]:
        """The group of each package, by its first function."""
        found: dict[str, Group] = {}
        for index in range(self.module.imported_functions, len(self.module.functions)):
            found.setdefault(self.package(index), self.group(index))
        return found

    def where(self, index: int) -> str:
        """Where in the sources a function is, by its first owner with a place; else ""."""
        return next(filter(None, (owner.where for owner in self.of(index))), "")

    def name(self, index: int) -> str:
        """A name to show: all owners, or the index and type of a function nobody knows."""
        found = self.of(index)
        if found:
            return " = ".join(owner.symbol.name for owner in found)
        return f"function {index}: {self.module.function_type(index)}"

    def neighbours(self, index: int) -> tuple[int | None, int | None]:
        """The nearest functions before and after `index` that are known; linkers keep files
        together, so they hint at whose an unknown one is."""
        known = sorted(i for i in self.entries if i >= self.module.imported_functions)
        before, after = bisect_left(known, index), bisect_right(known, index)
        return (known[before - 1] if before else None), (
            known[after] if after < len(known) else None
        )

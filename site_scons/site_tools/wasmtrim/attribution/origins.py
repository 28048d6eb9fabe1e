"""Whose is each function: what the module itself, or a twin of it with names, testifies."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeAlias

from wasmtrim.attribution import dwarf, packages, symbols
from wasmtrim.attribution.callers import callers_of
from wasmtrim.attribution.dwarf import Dwarf, Place, Sought
from wasmtrim.attribution.symbols import Symbol
from wasmtrim.attribution.twin import Twin
from wasmtrim.sizes import UNKNOWN_PACKAGE
from wasmtrim.wasm import Component, names
from wasmtrim.wasm.golang import pclntab
from wasmtrim.wasm.golang.pclntab import GoFunction
from wasmtrim.wasm.module import Export, Import, Module
from wasmtrim.wasm.names import Names

PCLNTAB = "pclntab"
NAME_SECTION = "name section"
TWIN = "twin"
APPROXIMATE_TWIN = "approximate twin"
EXPORTS = "exports"


@dataclass(frozen=True, slots=True)
class Origin:
    """A function of the source: several where bodies that were alike became one.

    `place` tells file, line and what was inlined, where pclntab, DWARF or a debug build know it.
    """

    symbol: Symbol
    place: GoFunction | Place | Sought | None = None

    @property
    def where(self) -> str:
        """`image/gif/writer.go:120`, without the line if that isn't known; "" for nowhere."""
        if self.place is None or not self.place.file:
            return ""
        return f"{self.place.file}:{self.place.line}" if self.place.line else self.place.file


# A symbol as it was written, who comes from outside or goes there, or the origins themselves.
Testimony: TypeAlias = str | Import | Export | tuple[Origin, ...]


@dataclass(frozen=True)
class Origins:
    """`told` has what witnesses say of each function that any knows, by its index. Origins are made
    of it when they are asked for, as there may be a million.

    `witnesses` are those that told any, the one asked first before the others; with an
    APPROXIMATE_TWIN among them the names are likely, not proven. `groups` says whose a Go package
    is that isn't Go's own, where `go list` was asked. `places` are by symbol. `component` is what
    the module was taken out of, as its program.
    """

    module: Module
    names: Names
    told: Mapping[int, Testimony]
    witnesses: tuple[str, ...]
    groups: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)
    component: Component | None = None

    @cached_property
    def _dwarf(self) -> Dwarf | None:
        return Dwarf(self.module) if self.module.custom(dwarf.SECTION) else None

    @property
    def approximate(self) -> bool:
        return APPROXIMATE_TWIN in self.witnesses

    def of(self, index: int) -> tuple[Origin, ...]:
        """The origins of a function; none where nobody knows it."""
        match self.told.get(index, ()):
            case str(written):
                return (self._placed(index, written),)
            case Import(module, name):
                return (Origin(Symbol(f"{module}.{name}", module, "import")),)
            case Export(name):
                return (Origin(Symbol(name, "", "")),)
            case known:
                return known

    def _placed(self, index: int, written: str) -> Origin:
        """What a symbol says, and the debug information of a function that has it."""
        symbol, place = symbols.parse(written), self.places.get(written)
        if place:
            if place.package and not symbol.package:
                language = "go" if place.file.endswith(".go") else "c"
                symbol = replace(symbol, package=place.package, language=language)
            return Origin(symbol, place)
        if self._dwarf is None or index < self.module.imported_functions:
            return Origin(symbol)
        file = "" if symbol.package else self._dwarf.c_file(index)
        if file:
            symbol = replace(symbol, package=packages.family(file), language="c")
        return Origin(symbol, Sought(self._dwarf, index))

    def symbol(self, index: int) -> Symbol | None:
        """The first origin's symbol; None where nobody knows the function."""
        found = self.of(index)
        return found[0].symbol if found else None

    def package(self, index: int) -> str:
        """The package that a function is summed up under."""
        symbol = self.symbol(index)
        return (packages.package_of(symbol) if symbol else "") or UNKNOWN_PACKAGE

    def group(self, index: int) -> str:
        """One of packages.GROUPS."""
        symbol = self.symbol(index)
        return packages.group_of(symbol, self.groups) if symbol else packages.UNKNOWN

    def where(self, index: int) -> str:
        """Where in the sources a function is, as its first origin tells that has a place."""
        return next((origin.where for origin in self.of(index) if origin.where), "")

    def name(self, index: int) -> str:
        """A name to show: all origins, or the index and type of a function nobody knows."""
        found = self.of(index)
        if found:
            return " = ".join(origin.symbol.name for origin in found)
        return f"function {index}: {self.module.function_type(index)}"

    def neighbours(self, index: int) -> tuple[int | None, int | None]:
        """The nearest functions before and after `index` that are known; linkers keep files
        together, so they hint at whose an unknown one is."""
        known = sorted(i for i in self.told if i >= self.module.imported_functions)
        before, after = bisect_left(known, index), bisect_right(known, index)
        return (known[before - 1] if before else None), (
            known[after] if after < len(known) else None
        )


def origins(
    module: Module,
    twin: Twin | None = None,
    groups: Mapping[str, str] | None = None,
    places: Mapping[str, Place] | None = None,
) -> Origins:
    """Asks, per function: Go's pclntab, the name section, the twin, imports and exports."""
    found: dict[int, Testimony] = {}
    spoken = names.read(module)
    witnesses = []
    testimonies: list[tuple[str, Iterable[tuple[int, Testimony]]]] = [
        (PCLNTAB, _pclntab(module)),
        (NAME_SECTION, spoken.functions.items()),
        (_twin_witness(twin), twin.names.items() if twin else ()),
        (EXPORTS, _boundary(module)),
    ]
    for witness, testimony in testimonies:
        told = False
        for index, said in testimony:
            if index not in found and index < len(module.functions):
                found[index] = said
                told = True
        if told:
            witnesses.append(witness)
    return Origins(module, spoken, found, tuple(witnesses), groups or {}, places or {})


def _twin_witness(twin: Twin | None) -> str:
    return TWIN if twin is None or twin.proven else APPROXIMATE_TWIN


def _pclntab(module: Module) -> Iterator[tuple[int, tuple[Origin, ...]]]:
    """The table's slots lead to functions; several slots on one are its merged origins."""
    slots: dict[int, list[Origin]] = {}
    table: dict[int, int] = {}
    functions = pclntab.read(module)
    if not functions:
        return
    for segment in module.elements:
        if segment.base is not None and segment.table == 0:
            for place, index in enumerate(segment.functions):
                table[segment.base + place] = index
    for function in functions:
        index = table.get(function.slot, -1)
        if index >= module.imported_functions:
            symbol = symbols.parse(function.name)
            if not symbol.package:  # assembly of the runtime: `memeqbody`, `_rt0_wasm_wasip1`
                symbol = Symbol(symbol.name, "runtime", "go")
            slots.setdefault(index, []).append(Origin(symbol, function))
    for index, merged in slots.items():
        yield index, tuple(merged)
    yield from _shared_code(module, slots)


def _shared_code(
    module: Module, known: Mapping[int, list[Origin]]
) -> Iterator[tuple[int, tuple[Origin, ...]]]:
    """A Go function without a slot is wasm-opt's: code that its callers had in common."""
    unknown = set(range(module.imported_functions, len(module.functions))) - known.keys()
    for index, callers in callers_of(module, unknown).items():
        sharing = [origin for caller in callers for origin in known.get(caller, ())]
        if sharing:
            yield (
                index,
                tuple(
                    Origin(replace(origin.symbol, name=f"{origin.symbol.name} (shared code)"))
                    for origin in sharing
                ),
            )


def _boundary(module: Module) -> Iterator[tuple[int, Import | Export]]:
    boundary: tuple[Sequence[Import | Export], ...] = (module.imports, module.exports)
    for entries in boundary:
        for entry in entries:
            if entry.kind == "func":
                yield entry.index, entry

"""Who owns each function: its symbols, by the module itself or by its unstripped build."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, TypeAlias

from wasmtrim.attribution import symbols
from wasmtrim.attribution.dwarf import info as dwarf
from wasmtrim.attribution.dwarf.info import Dwarf, LazyLocation
from wasmtrim.attribution.names.unstripped import UnstrippedNames
from wasmtrim.attribution.packages import groups, naming, source_files
from wasmtrim.attribution.packages.groups import Group, Proof
from wasmtrim.attribution.reachability.callers import callers_of
from wasmtrim.attribution.symbols import Languages, Symbol, wit
from wasmtrim.attribution.symbols.languages import CPP, GO, RUST, ZIG, C
from wasmtrim.records.fields import OWN, THIRD_PARTY
from wasmtrim.records.locations import DataLocations, SourceLocation
from wasmtrim.wasm import Component, names
from wasmtrim.wasm.golang import buildinfo, pclntab
from wasmtrim.wasm.golang.pclntab import GoFunction, Table
from wasmtrim.wasm.module import Export, Import, Module
from wasmtrim.wasm.names import Names

if TYPE_CHECKING:
    from wasmtrim.attribution.data.references import References
    from wasmtrim.attribution.names.linker_map import LinkerMap

PCLNTAB = "pclntab"
NAME_SECTION = "name section"
UNSTRIPPED = "unstripped build"
APPROXIMATE = "approximate match with the unstripped build"
LINKER_MAP = "linker map"
EXPORTS = "exports"
BUILD_INFO = "Go's build info in the module"


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
    """`entries` has, by function index, what the first name source that knows it gives. Owners are
    made of it on demand, as there may be a million.

    `name_sources` are those that gave a name, in the order asked; with APPROXIMATE among them the
    names are likely, not proven. `proof` says whose packages are. `languages` are those of the
    names. `locations` are by symbol; `data` are those of data, which hold for the debug build's
    memory. `component` is the one that the module is the program of. `table` is the pclntab of a
    program by standard Go, `linker_map` that of its linker. `inlined` has what `Inlining` found so
    far.
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
        """Where in the sources a function is, as its first owner tells that has a place."""
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


def owners(
    module: Module,
    unstripped: UnstrippedNames | None = None,
    proof: Proof | None = None,
    locations: Mapping[str, SourceLocation] | None = None,
    linker_map: LinkerMap | None = None,
    data: DataLocations | None = None,
) -> Owners:
    """Ask, per function: Go's pclntab, the name section, the unstripped build, a linker's map, the
    boundary."""
    found: dict[int, Entry] = {}
    own_names = names.read(module)
    table = pclntab.find(module)
    functions = (unstripped and unstripped.go) or (list(table.functions()) if table else [])
    used = []
    sources: list[tuple[str, Iterable[tuple[int, Entry]]]] = [
        (PCLNTAB, _pclntab(module, functions)),
        (NAME_SECTION, own_names.functions.items()),
        (_unstripped_source(unstripped), unstripped.names.items() if unstripped else ()),
        (LINKER_MAP, linker_map.names(module) if linker_map else ()),
        (EXPORTS, _boundary(module)),
    ]
    for source, entries in sources:
        gave_a_name = False
        for index, entry in entries:
            if index not in found and index < len(module.functions):
                found[index] = entry
                gave_a_name = True
        if gave_a_name:
            used.append(source)
    written = [entry for entry in found.values() if isinstance(entry, str)]
    languages = symbols.of_module(module, written)
    is_go = PCLNTAB in used
    proof = proof or Proof()
    if is_go:
        proof = _with_build_info(module, proof)
    return Owners(
        module,
        own_names,
        found,
        tuple(used),
        proof,
        languages,
        locations or {},
        table=table if is_go else None,
        linker_map=linker_map,
        data=data,
    )


def _with_build_info(module: Module, proof: Proof) -> Proof:
    """Add which Go modules the program itself says that it is built from."""
    told = buildinfo.read(module.data)
    if told is None or proof.packages:
        return proof
    modules = dict.fromkeys(told.dependencies, THIRD_PARTY) | {told.main: OWN, told.path: OWN}
    return replace(proof, modules=modules, sources=(*proof.sources, BUILD_INFO))


def _unstripped_source(unstripped: UnstrippedNames | None) -> str:
    return UNSTRIPPED if unstripped is None or unstripped.proven else APPROXIMATE


def _pclntab(
    module: Module, functions: Sequence[GoFunction]
) -> Iterator[tuple[int, tuple[Owner, ...]]]:
    """The table's slots lead to functions; several slots on one are its merged owners."""
    slots: dict[int, list[Owner]] = {}
    if not functions:
        return
    table = module.slots()
    for function in functions:
        index = table.get(function.slot, -1)
        if index >= module.imported_functions:
            symbol = symbols.parse(function.name)
            if not symbol.package:  # assembly of the runtime: `memeqbody`, `_rt0_wasm_wasip1`
                symbol = Symbol(symbol.name, "runtime", "go")
            slots.setdefault(index, []).append(Owner(symbol, function))
    for index, merged in slots.items():
        yield index, tuple(merged)
    yield from _shared_code(module, slots)


def _shared_code(
    module: Module, known: Mapping[int, list[Owner]]
) -> Iterator[tuple[int, tuple[Owner, ...]]]:
    """A Go function without a slot is wasm-opt's: code that its callers had in common."""
    unknown = set(range(module.imported_functions, len(module.functions))) - known.keys()
    for index, callers in callers_of(module, unknown).items():
        sharing = [owner for caller in callers for owner in known.get(caller, ())]
        if sharing:
            yield (
                index,
                tuple(
                    Owner(replace(owner.symbol, name=f"{owner.symbol.name} (shared code)"))
                    for owner in sharing
                ),
            )


def _boundary(module: Module) -> Iterator[tuple[int, Import | Export]]:
    boundary: tuple[Sequence[Import | Export], ...] = (module.imports, module.exports)
    for entries in boundary:
        for entry in entries:
            if entry.kind == "func":
                yield entry.index, entry

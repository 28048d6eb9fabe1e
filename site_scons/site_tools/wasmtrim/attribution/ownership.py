"""Who owns each function of a module: the name sources are asked one after the other.

They are Go's pclntab, the name section, the unstripped build, a linker's map, and the names of
imports and exports.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from wasmtrim.attribution import symbols
from wasmtrim.attribution.names.unstripped import UnstrippedNames
from wasmtrim.attribution.owners import APPROXIMATE, Entry, Owner, Owners
from wasmtrim.attribution.packages.groups import Proof
from wasmtrim.attribution.reachability.callers import callers_of
from wasmtrim.attribution.symbols import Symbol
from wasmtrim.records.fields import OWN, THIRD_PARTY
from wasmtrim.records.locations import DataLocations, SourceLocation
from wasmtrim.wasm import names
from wasmtrim.wasm.golang import buildinfo, pclntab
from wasmtrim.wasm.golang.pclntab import GoFunction
from wasmtrim.wasm.module import Export, Import, Module

if TYPE_CHECKING:
    from wasmtrim.attribution.names.linker_map import LinkerMap

PCLNTAB = "pclntab"
NAME_SECTION = "name section"
UNSTRIPPED = "unstripped build"
LINKER_MAP = "linker map"
EXPORTS = "exports"
BUILD_INFO = "Go's build info in the module"


def owners(
    module: Module,
    unstripped: UnstrippedNames | None = None,
    proof: Proof | None = None,
    locations: Mapping[str, SourceLocation] | None = None,
    linker_map: LinkerMap | None = None,
    data: DataLocations | None = None,
) -> Owners:
    """Ask each name source, in order, for the functions that no source before it names.

    `unstripped` and `linker_map` are of this module; `proof` says whose packages are, `locations`
    are by symbol, `data` those of a debug build.
    """
    own_names = names.read(module)
    table = pclntab.find(module)
    functions = (unstripped and unstripped.go) or (list(table.functions()) if table else [])
    sources: list[tuple[str, Iterable[tuple[int, Entry]]]] = [
        (PCLNTAB, _pclntab(module, functions)),
        (NAME_SECTION, own_names.functions.items()),
        (_unstripped_source(unstripped), unstripped.names.items() if unstripped else ()),
        (LINKER_MAP, linker_map.names(module) if linker_map else ()),
        (EXPORTS, _boundary(module)),
    ]
    found, used = _asked(sources, len(module.functions))
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
        used,
        proof,
        languages,
        locations or {},
        table=table if is_go else None,
        linker_map=linker_map,
        data=data,
    )


def _asked(
    sources: Iterable[tuple[str, Iterable[tuple[int, Entry]]]], functions: int
) -> tuple[dict[int, Entry], tuple[str, ...]]:
    """The entry of each function by the first source that has one; the sources that gave any."""
    found: dict[int, Entry] = {}
    used = []
    for source, entries in sources:
        before = len(found)
        for index, entry in entries:
            if index not in found and index < functions:
                found[index] = entry
        if len(found) > before:
            used.append(source)
    return found, tuple(used)


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

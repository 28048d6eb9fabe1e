"""The files that name the functions of a module: those of a release, a linker's map, Cargo.lock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from wasmtrim import reading, wasm
from wasmtrim.attribution import shipped
from wasmtrim.attribution.names import cargo_lock, unstripped
from wasmtrim.attribution.owners import Owners
from wasmtrim.attribution.ownership import owners
from wasmtrim.attribution.packages.groups import Proof
from wasmtrim.errors import ModuleError, UsageError
from wasmtrim.records.fields import OWN, THIRD_PARTY
from wasmtrim.records.locations import DataLocations, SourceLocation
from wasmtrim.wasm import Binary, Component, Module, sections
from wasmtrim.wasm.limits import MODULE_BYTES

if TYPE_CHECKING:
    from wasmtrim.attribution.names.linker_map import LinkerMap

GO_LIST = "go list, when it was built"


@dataclass(frozen=True)
class NameSources:
    """`named` is the unstripped build, a module that kept its names.

    `proof` tells own packages from third-party ones. A debug build gave `locations`, the places of
    functions in the sources by symbol, and `data`, the names of data. `linker_map` is of wasm-ld.
    """

    named: bytes | None = None
    proof: Proof = field(default_factory=Proof)
    locations: Mapping[str, SourceLocation] = field(default_factory=dict)
    linker_map: LinkerMap | None = None
    data: DataLocations | None = None

    def with_map(self, path: Path, data: bytes) -> NameSources:
        """Add a map of wasm-ld. UsageError if it is not a map of the module `data`."""
        from wasmtrim.attribution.names import linker_map

        found = linker_map.read(path)
        module = _program(wasm.read_binary(data))
        if not found.has_code_of(module) and not found.has_data_of(module):
            raise UsageError(f"{path}: a map of another module, neither code nor data is the same")
        return replace(self, linker_map=found)

    def with_lock(self, path: Path) -> NameSources:
        """Add the lock file of cargo. UsageError if it is not one."""
        crates = cargo_lock.read(path)
        sources = (*self.proof.sources, path.name)
        return replace(self, proof=replace(self.proof, crates=crates, sources=sources))

    def owners(self, data: bytes) -> Owners:
        """Find the owner of each function of a module; of a component, of the program in it.

        Raises ModuleError where `data` or the unstripped build is not a module.
        """
        whole = wasm.read_binary(data)
        module = _program(whole)
        named = None if self.named is None else _program(wasm.read_binary(self.named))
        known = unstripped.compare(module, named) if named else None
        found = owners(module, known, self.proof, self.locations, self.linker_map, self.data)
        return replace(found, component=whole) if isinstance(whole, Component) else found


def _program(whole: Binary) -> Module:
    """The core module that the program is: a component's first one, an empty one if it has none."""
    if isinstance(whole, Module):
        return whole
    return whole.modules[0].module if whole.modules else wasm.read(sections.MAGIC + sections.MODULE)


def _map_beside(path: Path, data: bytes) -> LinkerMap | None:
    """The map `NAME.map` of wasm-ld, if it is of this very module."""
    file = path.with_suffix(".map")
    if not file.is_file():
        return None
    from wasmtrim.attribution.names import linker_map

    try:
        found = linker_map.read(file)
        return found if found.has_code_of(_program(wasm.read_binary(data))) else None
    except (UsageError, ModuleError):  # another tool's
        return None


def beside(path: Path, data: bytes) -> NameSources:
    """Look beside the module `data` in the file `path`, as in dist/.

    An unstripped build proves itself; the records count only where they are of this very module.
    """
    unstripped_of = path.with_suffix(".unstripped.wasm")
    named = None
    if unstripped_of.is_file():
        named = reading.whole(unstripped_of, "a module", MODULE_BYTES)
    release = shipped.release_of(path, data)
    if release is None:
        return NameSources(named, linker_map=_map_beside(path, data))
    from wasmtrim.attribution.dwarf import locations

    linked = release.stage("link")
    told = {name: group for name, group in release.groups.items() if group in (OWN, THIRD_PARTY)}
    proof = Proof(packages=told, sources=(GO_LIST,)) if told else Proof()
    if linked is None:
        return NameSources(named, proof)
    known = locations.read(path.with_suffix(".locations.json"), linked.sha256)
    return NameSources(named, proof, known.functions, data=known.data)

"""`NAME.locations.json`: where the functions and data of a TinyGo module are in its sources."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from SCons.Node import Node

from wasmtrim import sizes
from wasmtrim.attribution.dwarf import locations
from wasmtrim.attribution.dwarf.locations import Locations
from wasmtrim.attribution.names import linker_map
from wasmtrim.compilers import compilation
from wasmtrim.errors import ModuleError, ToolError
from wasmtrim.scons import progress
from wasmtrim.scons.build import path_of
from wasmtrim.scons.nodes.compile import CompileSpec
from wasmtrim.scons.nodes.spec import NodeSpec
from wasmtrim.scons.signature import Code

_CODE = Code("attribution", "wasm", "records")


@dataclass(frozen=True)
class LocationsSpec(NodeSpec):
    """A debug build of what was compiled, for attribution alone.

    It depends on the module as linked, and on the program's files, as lines move without any code.
    """

    linked: Node
    files: tuple[Node, ...]
    compiled: CompileSpec
    builder = "WasmLocations"

    def signature(self) -> object:
        return self.compiled.signature(), _CODE.digest()

    def make(self) -> None:
        linked = path_of(self.linked).read_bytes()
        key = self.compiled.program.key, sizes.sha256(linked)
        found = self.build.locations.get(key, lambda: self._located(linked))
        locations.write(Path(self.target.abspath), linked, found)

    def _located(self, linked: bytes) -> Locations:
        program = self.compiled.program
        try:
            with progress.alive(f"analyze {self.target}"):
                debug = compilation.debug_with_tinygo(
                    program.settings,
                    program.folder,
                    program.programs(),
                    timeout=self.compiled.timeout,
                    folder=self.build.work,
                )
            map_of_it = linker_map.parse(debug.linker_map)
            proven = locations.proven(linked, debug.module, map_of_it)
        except (ToolError, ModuleError):
            return Locations()  # the module is there and counts; its functions then have no lines
        return locations.portable(proven, {"": self.build.root.resolve(), **debug.roots})

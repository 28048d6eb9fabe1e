"""The node of `NAME.locations.json`: where the functions of a TinyGo module are in its sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from SCons.Action import Action
from SCons.Builder import Builder
from SCons.Node import Node

from wasmtrim import sizes
from wasmtrim.compilers import compilation
from wasmtrim.errors import ModuleError, ToolError
from wasmtrim.scons import progress, signature
from wasmtrim.scons.build import Build, beside, path_of
from wasmtrim.scons.builders import make
from wasmtrim.scons.compiling import LINKED, CompileRequest
from wasmtrim.scons.requests import Request

if TYPE_CHECKING:
    from wasmtrim.records.locations import SourceLocation


@dataclass(frozen=True)
class LocateRequest(Request):
    """A debug build of what was compiled, for attribution alone.

    Sources: the module as linked; the program's files, as lines move without any code.
    """

    build: Build
    compiled: CompileRequest

    def signature(self) -> object:
        return self.compiled.signature(), signature.code("attribution", "wasm", "records")

    def make(self, target: Sequence[Node], source: Sequence[Node]) -> None:
        from wasmtrim.attribution import locations

        linked = path_of(source[0]).read_bytes()
        asked = self.compiled
        key = (asked.settings, asked.source, sizes.sha256(linked))
        found = self.build.locations.get(key, lambda: self._located(target[0], linked))
        locations.write(Path(target[0].abspath), linked, found)

    def _located(self, target: Node, linked: bytes) -> dict[str, SourceLocation]:
        from wasmtrim.attribution import locations

        asked = self.compiled
        try:
            with progress.alive(f"analyze {target}"):
                debug = compilation.debug_with_tinygo(
                    asked.settings,
                    asked.source,
                    asked.programs(),
                    timeout=asked.timeout,
                    folder=self.build.work,
                )
            proven = locations.proven(linked, debug.module)
        except (ToolError, ModuleError):
            return {}  # the module is there and counts; its functions then have no lines
        return locations.portable(proven, {"": self.build.root.resolve(), **debug.roots})


def locate(env: Any, build: Build, compiled: Node, name: str) -> Node:
    """Give the node of the places of what was compiled by TinyGo."""
    request = LocateRequest(build, compiled.attributes.wasmtrim)
    sources = [beside(compiled, LINKED), *compiled.sources]
    node: Node = env.WasmLocate(name, sources, WASMLOCATE_REQUEST=request)[0]
    return node


def add(env: Any) -> None:
    """Give the environment the builder of places."""

    def emit(target: list[Node], source: list[Node], env: Any) -> Any:
        target[0].attributes.wasmtrim = env["WASMLOCATE_REQUEST"]
        return target, source

    action = Action(make, "analyze $TARGET", varlist=[signature.VARIABLE])
    env["BUILDERS"]["WasmLocate"] = Builder(action=action, emitter=emit)

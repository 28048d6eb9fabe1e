"""The node of a profile's breakdown: what the module that ships is made of, for the report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from SCons.Action import Action
from SCons.Builder import Builder
from SCons.Node import Node

from wasmtrim import records, sizes
from wasmtrim.errors import ModuleError
from wasmtrim.records.breakdown import BreakdownRecord
from wasmtrim.scons import signature
from wasmtrim.scons.build import Build, path_of
from wasmtrim.scons.builders import make, size_of
from wasmtrim.scons.requests import Request


@dataclass(frozen=True)
class BreakdownRequest(Request):
    """`NAME.breakdown.json`. Sources: the module, its size, and what tells whose its functions are:
    the size record and whatever lies beside it.

    It decides nothing: of a module that can't be read, the record says so.
    """

    build: Build

    def signature(self) -> object:
        code = signature.code("attribution", "wasm", "records")
        return sizes.compressors(), code

    def make(self, target: Sequence[Node], source: Sequence[Node]) -> None:
        from wasmtrim.attribution import breakdown, name_sources

        module, into = path_of(source[0]).read_bytes(), Path(target[0].abspath)
        digest = sizes.sha256(module)
        packed = self.build.packed.get(digest, lambda: sizes.compress(module))
        known = name_sources.beside(into.with_suffix("").with_suffix(".wasm"), module)
        try:
            found = breakdown.of_module(module, known, packed)
        except ModuleError:
            found = None
        records.BREAKDOWN.write(into, BreakdownRecord(digest, found))


def add(env: Any, build: Build) -> None:
    """Give the environment the builder of the record."""

    def emit(target: list[Node], source: list[Node], env: Any) -> Any:
        target[0].attributes.wasmtrim = BreakdownRequest(build)
        module, *known_by = source
        return target, [module, size_of(env, module), *known_by]

    action = Action(make, "analyze $TARGET", varlist=[signature.VARIABLE])
    env["BUILDERS"]["WasmBreakdown"] = Builder(action=action, emitter=emit)

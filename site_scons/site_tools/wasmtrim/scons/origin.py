"""The nodes that say what a release holds and where it comes from: SHA256SUMS, provenance.json."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from SCons.Action import Action
from SCons.Builder import Builder
from SCons.Node import Node

from wasmtrim import atomic, provenance, records, sizes
from wasmtrim.compilers import go, tinygo
from wasmtrim.records import layout
from wasmtrim.scons import signature
from wasmtrim.scons.build import Build, path_of
from wasmtrim.scons.builders import make, plain_emitter
from wasmtrim.scons.requests import Request, identity
from wasmtrim.stages import STAGES
from wasmtrim.toolchain.locate import OWN

SUMS = "SHA256SUMS"
PROVENANCE = "provenance.json"
_STAGES = STAGES.values()
# Each once, in this order: three stages are wasm-tools'.
_PROGRAMS = tuple(
    dict.fromkeys((tinygo.PROGRAM, go.PROGRAM, *(s.PROGRAM for s in _STAGES if s.PROGRAM != OWN)))
)
# What a stage of that name reads beside the module.
_FILES = {stage.NAME: file for stage in _STAGES if (file := stage.Settings().resource)}


def add(env: Any, build: Build) -> None:
    """Give the environment the builders of both files; a further call adds to their sources."""
    action = Action(make, "write $TARGET", varlist=[signature.VARIABLE])
    for name, request in (
        ("WasmSums", SumsRequest()),
        ("WasmProvenance", ProvenanceRequest(build)),
    ):
        emitter = plain_emitter(request)
        env["BUILDERS"][name] = Builder(action=action, emitter=emitter, multi=True)


@dataclass(frozen=True)
class SumsRequest(Request):
    """`SHA256SUMS`. Sources: the modules in dist/."""

    def signature(self) -> object:
        return signature.code("provenance.py")

    def make(self, target: Sequence[Node], source: Sequence[Node]) -> None:
        digests = {node.name: sizes.sha256(path_of(node).read_bytes()) for node in source}
        atomic.write_text(Path(target[0].abspath), provenance.sums(digests))


@dataclass(frozen=True)
class ProvenanceRequest(Request):
    """`provenance.json`. Sources: the records in dist/."""

    build: Build

    def signature(self) -> object:
        origin = provenance.sources(self.build.root)
        return origin, identity(self.build, *_PROGRAMS), signature.code("provenance.py", "records")

    def make(self, target: Sequence[Node], source: Sequence[Node]) -> None:
        releases = [records.SIZES.read(path_of(node)) for node in source]
        stages = [stage for release in releases for stage in release.stages]
        used = {stage.tool.name for stage in stages}
        used |= {_FILES[stage.name] for stage in stages if stage.name in _FILES}
        tools = [self.build.tool(name) for name in (*_PROGRAMS, *_FILES.values()) if name in used]
        programs = [provenance.ToolRecord(tool.name, tool.version, tool.digest) for tool in tools]
        origin = provenance.sources(self.build.root)
        statement = provenance.statement(releases, programs, origin)
        atomic.write_text(Path(target[0].abspath), layout.indented(statement))

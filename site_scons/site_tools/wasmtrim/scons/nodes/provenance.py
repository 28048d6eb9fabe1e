"""`provenance.json`: where a release comes from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from SCons.Node import Node

from wasmtrim import OWN, atomic, git, provenance, records
from wasmtrim.compilers import go, tinygo
from wasmtrim.records import layout
from wasmtrim.scons.build import Build, path_of
from wasmtrim.scons.nodes.spec import NodeSpec, spec_of
from wasmtrim.scons.signature import Code
from wasmtrim.stages.registry import STAGES

FILE = provenance.FILE
_CODE = Code("provenance.py", "records")
_STAGES = STAGES.values()
# Each once, in this order: three stages are wasm-tools'.
_PROGRAMS = tuple(
    dict.fromkeys((tinygo.PROGRAM, go.PROGRAM, *(s.PROGRAM for s in _STAGES if s.PROGRAM != OWN)))
)
# What a stage of that name reads beside the module.
_FILES = {stage.NAME: file for stage in _STAGES if (file := stage.Settings().resource)}


@dataclass(frozen=True)
class ProvenanceSpec(NodeSpec):
    """The provenance of all that `size_records` tell of."""

    size_records: tuple[Node, ...]
    builder = "WasmProvenance"

    def signature(self) -> object:
        origin = git.sources(self.build.root)
        return origin, self.build.identity(*_PROGRAMS), _CODE.digest()

    def make(self) -> None:
        releases = [records.SIZES.read(path_of(node)) for node in self.size_records]
        stages = [stage for release in releases for stage in release.stages]
        used = {stage.tool.name for stage in stages}
        used |= {_FILES[stage.name] for stage in stages if stage.name in _FILES}
        tools = [self.build.tool(name) for name in (*_PROGRAMS, *_FILES.values()) if name in used]
        programs = [provenance.ToolRecord(tool.name, tool.version, tool.digest) for tool in tools]
        origin = git.sources(self.build.root)
        statement = provenance.statement(releases, programs, origin)
        atomic.write_text(Path(self.target.abspath), layout.indented(statement))


def read(build: Build, env: Any, target: Node, source: list[Node]) -> ProvenanceSpec:  # noqa: ARG001
    """Read a call of `WasmProvenance`; a further one adds records."""
    earlier = spec_of(target)
    known = earlier.size_records if isinstance(earlier, ProvenanceSpec) else ()
    return ProvenanceSpec(build, target, (*known, *source))

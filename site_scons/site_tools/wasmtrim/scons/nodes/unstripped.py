"""`NAME.unstripped.wasm`: the unstripped build of a profile, under its final name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from SCons.Node import Node

from wasmtrim import atomic
from wasmtrim.scons.build import path_of
from wasmtrim.scons.nodes.spec import NodeSpec


@dataclass(frozen=True)
class UnstrippedSpec(NodeSpec):
    """A copy of `module`, which kept its names."""

    module: Node
    builder = "WasmUnstripped"

    def signature(self) -> object:
        return ()

    def make(self) -> None:
        atomic.write_bytes(Path(self.target.abspath), path_of(self.module).read_bytes())

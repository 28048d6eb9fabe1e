"""`NAME.imports.json`: which packages the packages of a Go program import, for `wasmtrim why`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from SCons.Node import Node

from wasmtrim.attribution.reachability import imports
from wasmtrim.scons.build import path_of
from wasmtrim.scons.nodes.compile import CompileSpec
from wasmtrim.scons.nodes.spec import NodeSpec
from wasmtrim.scons.signature import Code

_CODE = Code("attribution/reachability/imports.py", "compilers/sources.py", "records")


@dataclass(frozen=True)
class ImportsSpec(NodeSpec):
    """The imports of the program that `module` was compiled from.

    It depends on the program's files, as an import may change without any code.
    """

    module: Node
    files: tuple[Node, ...]
    compiled: CompileSpec
    builder = "WasmImports"

    def signature(self) -> object:
        return self.compiled.signature(), _CODE.digest()

    def make(self) -> None:
        found = self.compiled.program.listed().imports
        imports.write(Path(self.target.abspath), path_of(self.module).read_bytes(), found)

"""`NAME.breakdown.json`: what the module that ships is made of, for the report."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from SCons.Node import Node

from wasmtrim import records, sizes
from wasmtrim.attribution import breakdown
from wasmtrim.errors import ModuleError
from wasmtrim.records.breakdown import BreakdownRecord
from wasmtrim.scons.build import path_of
from wasmtrim.scons.nodes.spec import NodeSpec
from wasmtrim.scons.signature import Code

_CODE = Code("attribution", "wasm", "records")


@dataclass(frozen=True)
class BreakdownSpec(NodeSpec):
    """The breakdown of `module`. `size_record` and `known_by` tell whose its functions are.

    It decides nothing: of a module that can't be read, the record says so.
    """

    module: Node
    size: Node  # measured first, so that the compressed forms are there
    size_record: Node
    known_by: tuple[Node, ...]
    builder = "WasmBreakdown"

    def signature(self) -> object:
        return sizes.compressors(), _CODE.digest()

    def make(self) -> None:
        records.SIZES.read(path_of(self.size_record))  # where it is damaged, this says so
        module, into = path_of(self.module).read_bytes(), Path(self.target.abspath)
        delivered = into.with_suffix("").with_suffix(".wasm")
        try:
            owners = self.build.owners(delivered, module)
            found = breakdown.of_owners(owners, self.build.compressed(module))
        except ModuleError:
            found = None
        records.BREAKDOWN.write(into, BreakdownRecord(sizes.sha256(module), found))

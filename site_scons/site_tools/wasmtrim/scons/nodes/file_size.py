"""The size of a module: raw, under gzip, under brotli."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from SCons.Node import Node

from wasmtrim import records, sizes
from wasmtrim.scons.build import Build, note_on, path_of
from wasmtrim.scons.nodes.spec import NodeSpec
from wasmtrim.scons.signature import Code

_CODE = Code("sizes.py", "records")


@dataclass(frozen=True)
class FileSizeSpec(NodeSpec):
    """The size of `module`; of one that does not ship, brotli is measured quickly."""

    module: Node
    ships: bool
    builder = "WasmMeasure"

    def signature(self) -> object:
        return sizes.compressors(), self.ships, _CODE.digest()

    def make(self) -> None:
        module = path_of(self.module).read_bytes()
        if self.ships:
            size = sizes.measure(module, self.build.compressed(module))
        else:
            size = self.build.estimated(module)
        records.SIZE.write(Path(self.target.abspath), size)


def size_of(env: Any, build: Build, module: Node, *, ships: bool = True) -> Node:
    """Return the node of a module's size; it is one, however many ask for it."""
    node = note_on(module, ".size.json" if ships else ".estimate.json")
    return node if node.has_builder() else FileSizeSpec(build, node, module, ships).declare(env)

"""The features of a module, as a JSON list of their canonical names."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from SCons.Node import Node

from wasmtrim import records, wasm
from wasmtrim.errors import CheckError, ModuleError
from wasmtrim.scons import variables
from wasmtrim.scons.build import Build, note_on, path_of
from wasmtrim.scons.nodes.spec import NodeSpec
from wasmtrim.scons.signature import Code
from wasmtrim.stages import features

_CODE = Code("stages/features.py", "wasm")


@dataclass(frozen=True)
class FeaturesSpec(NodeSpec):
    """The features of `module`."""

    module: Node
    builder = "WasmFeatures"

    def signature(self) -> object:
        return self.build.identity("wasm-tools"), _CODE.digest()

    def make(self) -> None:
        path = path_of(self.module)
        try:
            module = wasm.read_binary(path.read_bytes())
        except ModuleError as error:
            raise CheckError(f"{self.module}: {error}") from None
        named = features.of_module(module, path, self.build.tool("wasm-tools"))
        records.FEATURES.write(Path(self.target.abspath), tuple(named))


def features_of(env: Any, build: Build, module: Node) -> Node:
    """Return the node of a module's features; it is one, however many ask for it."""
    node = note_on(module, ".features.json")
    return node if node.has_builder() else FeaturesSpec(build, node, module).declare(env)


def given_features_of(env: Any, build: Build, module: Node) -> Node:
    """Return the file that WASM_FEATURES names, else the node of the module's own features."""
    given = variables.files(env, "WASM_FEATURES")
    return given[0] if given else features_of(env, build, module)

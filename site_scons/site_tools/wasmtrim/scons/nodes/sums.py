"""`SHA256SUMS`: the digest of each module in dist/, as its size record has it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from SCons.Node import Node

from wasmtrim import atomic, provenance, records, sizes
from wasmtrim.errors import CheckError
from wasmtrim.scons.build import Build, path_of
from wasmtrim.scons.nodes.spec import NodeSpec, spec_of
from wasmtrim.scons.signature import Code

FILE = "SHA256SUMS"
_CODE = Code("provenance.py")


@dataclass(frozen=True)
class SumsSpec(NodeSpec):
    """The digests of `modules`."""

    modules: tuple[Node, ...]
    builder = "WasmSums"

    def signature(self) -> object:
        return _CODE.digest()

    def make(self) -> None:
        digests = {}
        for module in map(path_of, self.modules):
            # The record lies beside the module, and is written before it.
            verified = records.SIZES.read(module.with_suffix(".sizes.json")).shipped.sha256
            if sizes.sha256(module.read_bytes()) != verified:
                raise CheckError(f"{module.name}: not the module that was verified; run it again")
            digests[module.name] = verified
        atomic.write_text(Path(self.target.abspath), provenance.sums(digests))


def read(build: Build, env: Any, target: Node, source: list[Node]) -> SumsSpec:  # noqa: ARG001
    """Read a call of `WasmSums`; a further one adds modules."""
    earlier = spec_of(target)
    modules = earlier.modules if isinstance(earlier, SumsSpec) else ()
    return SumsSpec(build, target, (*modules, *source))

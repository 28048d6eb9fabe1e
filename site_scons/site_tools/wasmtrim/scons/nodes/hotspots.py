"""`NAME.hotspots.json`: instructions by function, where a budget names one or a package."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from SCons.Node import Node

from wasmtrim import records
from wasmtrim.hotspots import exact, subject
from wasmtrim.profile import Loaded, Profile
from wasmtrim.scons import progress
from wasmtrim.scons.build import path_of
from wasmtrim.scons.nodes import run
from wasmtrim.scons.nodes.spec import NodeSpec
from wasmtrim.scons.signature import Code

_CODE = Code("hotspots", "verify", "engine", "attribution", "wasm", "records")


def asked_for(profile: Profile) -> bool:
    """Whether a budget is about the instructions of a function or package, and a run can tell."""
    return bool(profile.smoke) and any(
        budget.metric == "fuel" and budget.scope.kind in ("function", "package")
        for budget in profile.budget
    )


@dataclass(frozen=True)
class HotspotsSpec(NodeSpec):
    """The run of an instrumented `module` on all cases, which reads `given`.

    `size_record` and `known_by` tell what its functions are called.
    """

    module: Node
    size_record: Node
    known_by: tuple[Node, ...]
    given: tuple[Node, ...]
    loaded: Loaded
    compiler: str | None
    builder = "WasmHotspots"

    def signature(self) -> object:
        return run.asked(self.loaded.profile, self.compiler), _CODE.digest()

    def make(self) -> None:
        records.SIZES.read(path_of(self.size_record))  # where it is damaged, this says so
        into = Path(self.target.abspath)
        delivered = into.with_name(f"{self.loaded.name}.wasm")
        module = path_of(self.module).read_bytes()
        with (
            tempfile.TemporaryDirectory(dir=self.build.work) as folder,
            progress.alive(f"measure {self.target}"),
        ):
            taken = subject.of_build(
                self.loaded, self.build.root, module, delivered, self.compiler, Path(folder)
            )
            records.HOTSPOTS.write(into, exact.measure(taken, Path(folder)))

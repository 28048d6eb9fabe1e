"""`NAME.regression.json`: what changed since the baseline, and whether the budget allows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from SCons.Node import Node
from SCons.Script import File

from wasmtrim import records
from wasmtrim.errors import CheckError
from wasmtrim.profile import Profile
from wasmtrim.regression import FOLDER
from wasmtrim.scons.build import Build, path_of
from wasmtrim.scons.nodes.spec import NodeSpec
from wasmtrim.scons.signature import Code

_CODE = Code("attribution", "wasm", "regression", "records")


@dataclass(frozen=True)
class RegressionSpec(NodeSpec):
    """The regression check of the profile `name`: of its size record and its module in dist/.

    `known_by` tell whose the functions are, `baselines` are the committed ones.
    """

    size_record: Node
    module: Node
    known_by: tuple[Node, ...]
    baselines: tuple[Node, ...]
    name: str
    profile: Profile
    builder = "WasmRegression"

    def signature(self) -> object:
        # A waiver ends on a day; without one the result is the same on every day.
        today = date.today() if self.profile.waivers else None
        return self.profile.budget, self.profile.waivers, today, _CODE.digest()

    def make(self) -> None:
        from wasmtrim.regression import result

        dist = path_of(self.size_record).parent
        found = result.of_release(self.name, self.profile, self.build.root, dist, date.today())
        records.REGRESSION.write(Path(self.target.abspath), found.record())
        if not found.ok:
            faults = [f"  {f.name}: {f.detail}" for f in found.findings if not f.ok]
            raise CheckError("\n".join([f"{self.name}: the module grew too much", *faults]))


def baselines_of(build: Build, name: str) -> tuple[Node, ...]:
    """Give the committed baselines of a profile, whichever compiler built it."""
    found = (build.root / FOLDER).glob(f"{name}.*.json")
    return tuple(File(str(path)) for path in sorted(found))

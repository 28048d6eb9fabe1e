"""`NAME.regression.json`: what changed since the baseline, and whether the budget allows it.

Where the profile has a budget, this is the last judge, and so it delivers the module.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from SCons.Node import Node
from SCons.Script import File

from wasmtrim import atomic, records
from wasmtrim.errors import CheckError
from wasmtrim.profile import Profile
from wasmtrim.regression import FOLDER, inventory, result
from wasmtrim.scons.build import Build, path_of
from wasmtrim.scons.nodes.spec import NodeSpec
from wasmtrim.scons.signature import Code

_CODE = Code("attribution", "wasm", "regression", "records")


@dataclass(frozen=True)
class RegressionSpec(NodeSpec):
    """The regression check of the profile `name`: of its size record and its module.

    `known_by` tell whose the functions are, `baselines` are the committed ones. `delivered` is the
    module's copy in dist/ where this makes it, after a good `verdict`; `anyway` is where it goes
    even if it fails.
    """

    size_record: Node
    module: Node
    verdict: Node | None
    delivered: Node | None
    anyway: Path | None
    known_by: tuple[Node, ...]
    baselines: tuple[Node, ...]
    name: str
    profile: Profile
    builder = "WasmRegression"

    def targets(self) -> list[Node]:
        return [self.target, *([self.delivered] if self.delivered else [])]

    def signature(self) -> object:
        # A waiver ends on a day; without one the result is the same on every day.
        today = date.today() if self.profile.waivers else None
        return self.profile.budget, self.profile.waivers, today, _CODE.digest()

    def make(self) -> None:
        record, module = path_of(self.size_record), path_of(self.module)
        found = result.of_release(
            self.name,
            self.profile,
            self.build.root,
            record,
            module,
            date.today(),
            lambda delivered, data: inventory.of_owners(self.build.owners(delivered, data)),
        )
        records.REGRESSION.write(Path(self.target.abspath), found.record())
        if not found.ok:
            faults = [f"  {f.name}: {f.detail}" for f in found.findings if not f.ok]
            where = os.path.relpath(module, self.build.root)
            kept = [f"  not delivered: {where}"]
            faults += self.build.delivered_anyway(module, self.anyway) or kept
            raise CheckError(
                "\n".join([f"{self.name}: a budget or waiver of the profile fails", *faults])
            )
        if self.delivered:
            atomic.write_bytes(Path(self.delivered.abspath), module.read_bytes())


def baselines_of(build: Build, name: str) -> tuple[Node, ...]:
    """Return the committed baselines of a profile, whichever compiler built it."""
    found = (build.root / FOLDER).glob(f"{name}.*.json")
    return tuple(File(str(path)) for path in sorted(found))

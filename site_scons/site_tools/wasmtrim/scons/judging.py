"""The node of a profile's regression check: what changed since the baseline, and whether it may."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from SCons.Action import Action
from SCons.Builder import Builder
from SCons.Node import Node
from SCons.Script import File

from wasmtrim import records
from wasmtrim.errors import CheckError, WasmtrimError
from wasmtrim.profile import Loaded, Profile
from wasmtrim.regression import FOLDER
from wasmtrim.scons import signature
from wasmtrim.scons.build import Build, as_build_error, path_of
from wasmtrim.scons.builders import make
from wasmtrim.scons.requests import Request

ALIAS = "baseline"


@dataclass(frozen=True)
class JudgeRequest(Request):
    """`NAME.regression.json`. Sources: the record and the module in dist/, and what names them."""

    build: Build
    name: str
    profile: Profile

    def signature(self) -> object:
        # A waiver ends on a day; without one the verdict is the same on every day.
        today = date.today() if self.profile.waivers else None
        return (
            self.profile.budget,
            self.profile.waivers,
            today,
            signature.code("attribution", "wasm", "regression", "records"),
        )

    def files(self) -> list[str]:
        """Name the committed baselines of this profile, whichever compiler built it."""
        found = (self.build.root / FOLDER).glob(f"{self.name}.*.json")
        return [str(path) for path in sorted(found)]

    def make(self, target: Sequence[Node], source: Sequence[Node]) -> None:
        from wasmtrim.regression import result

        dist = path_of(source[0]).parent
        found = result.of_release(self.name, self.profile, self.build.root, dist, date.today())
        records.REGRESSION.write(Path(target[0].abspath), found.record())
        if not found.ok:
            faults = [f"  {f.name}: {f.detail}" for f in found.findings if not f.ok]
            raise CheckError("\n".join([f"{self.name}: the module grew too much", *faults]))


def add(env: Any, build: Build) -> None:
    """Give the environment the builder of the check."""

    def emit(target: list[Node], source: list[Node], env: Any) -> Any:
        loaded: Loaded = env["WASMJUDGE_PROFILE"]
        request = JudgeRequest(build, loaded.name, loaded.profile)
        target[0].attributes.wasmtrim = request
        return target, [*source, *map(File, request.files())]

    action = Action(make, "compare $TARGET", varlist=[signature.VARIABLE])
    env["BUILDERS"]["WasmJudge"] = Builder(action=action, emitter=emit)


def rewrite_baselines(build: Build, names: Sequence[str], *, dirty: bool) -> Any:
    """Give the action of `scons baseline`: what lies in dist/ becomes the baseline."""

    def act(target: list[Node], source: list[Node], env: Any) -> None:  # noqa: ARG001
        from wasmtrim.regression import baseline

        try:
            dist = path_of(source[0]).parent
            for line in baseline.update(build.root, dist, names, dirty=dirty):
                print(line)
        except (WasmtrimError, OSError) as error:
            raise as_build_error(error, target[0]) from None

    return act

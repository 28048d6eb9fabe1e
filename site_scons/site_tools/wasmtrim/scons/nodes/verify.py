"""`NAME.verify.json` and, where all checks hold, the module under its final name."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from SCons.Node import Node
from SCons.Script import File

from wasmtrim import atomic, profile, records, verify
from wasmtrim.errors import CheckError, UsageError
from wasmtrim.profile import Loaded, Profile
from wasmtrim.scons import variables
from wasmtrim.scons.build import Build, path_of
from wasmtrim.scons.nodes.file_size import size_of
from wasmtrim.scons.nodes.module import stages_of
from wasmtrim.scons.nodes.run import folder_of, given_of, runs_of
from wasmtrim.scons.nodes.spec import NodeSpec
from wasmtrim.scons.nodes.stage import wit_files
from wasmtrim.scons.signature import Code

_CODE = Code(
    "verify",
    "wit",
    "engine",
    "nn",
    "wasm",
    "profile/wildcard.py",
    "strict_json.py",
    "check.py",
    "escaping.py",
    "records",
    "stages/features.py",
)


@dataclass(frozen=True)
class StageSources:
    """A stage's module, and its smoke run if the profile has one."""

    stage: str
    module: Node
    run: Node | None


@dataclass(frozen=True)
class VerifySpec(NodeSpec):
    """The verification of the last stage's module, and that all stages behave alike.

    `size` is that of the last module, `expected` are the files that the smoke run is held against,
    `given` those that it reads: generated inputs are made of them; `wit` are those of the
    contract, `strength` the committed figure. `delivered` is the module's
    copy in dist/, where no one judges it after this; `anyway` where it goes even if it fails.
    """

    stages: tuple[StageSources, ...]
    size: Node
    expected: tuple[Node, ...]
    given: tuple[Node, ...]
    wit: tuple[Node, ...]
    strength: Node | None
    delivered: Node | None
    anyway: Path | None
    name: str
    profile: Profile
    compiler: str | None
    builder = "WasmVerify"

    def targets(self) -> list[Node]:
        return [self.target, *([self.delivered] if self.delivered else [])]

    def signature(self) -> object:
        p = self.profile
        checked = p.contract, p.limits, p.smoke, p.clock, p.differ, p.program, p.nn
        stages = tuple(stage.stage for stage in self.stages)
        checker = self.build.identity("wasm-tools")
        return checked, stages, self.compiler, checker, _CODE.digest()

    def make(self) -> None:
        runs = [
            verify.StageRun(s.stage, path_of(s.module), folder_of(s.run) if s.run else None)
            for s in self.stages
        ]
        size = records.SIZE.read(path_of(self.size))
        found = verify.verify(
            self.profile,
            self.compiler,
            runs,
            size,
            wasm_tools=self.build.tool("wasm-tools"),
            root=self.build.root,
            into=self.build.work / "differences" / self.name,
        )
        if self.strength:
            last = records.STRENGTH.read(path_of(self.strength))
            found = found.with_strength(last, size.sha256)
        records.VERIFICATION.write(Path(self.target.abspath), found.record(self.name))
        module = runs[-1].module
        if not found.ok:
            faults = [f"  {c.name}: {c.detail}" for c in found.checks if not c.ok]
            faults += self.build.delivered_anyway(module, self.anyway)
            where = os.path.relpath(module, self.build.root)
            raise CheckError("\n".join([f"{self.name}: the module {where} fails", *faults]))
        if self.delivered:
            atomic.write_bytes(Path(self.delivered.abspath), module.read_bytes())


def verified(
    env: Any,
    build: Build,
    target: Node,
    loaded: Loaded,
    stages: tuple[StageSources, ...],
    *,
    compiler: str | None,
    delivered: Node | None,
    anyway: Path | None = None,
) -> VerifySpec:
    """Specify the verification of a chain's modules by a profile."""
    contract = loaded.profile.contract
    expects = [case.expect for case in loaded.profile.smoke if case.expect]
    strength = build.root / records.STRENGTH_FOLDER / f"{loaded.name}.json"
    expected = [path for expect in expects for path in (expect.picture, expect.bytes)]
    return VerifySpec(
        build,
        target,
        stages=stages,
        size=size_of(env, build, stages[-1].module),
        expected=tuple(File(f"#{path}") for path in expected if path),
        wit=wit_files(build, contract.wit) if contract.wit else (),
        strength=File(str(strength)) if strength.is_file() else None,
        given=given_of(build, loaded.profile),
        delivered=delivered,
        anyway=anyway,
        name=loaded.name,
        profile=loaded.profile,
        compiler=compiler,
    )


def read(build: Build, env: Any, target: Node, source: list[Node]) -> VerifySpec:
    """Read a call of `WasmVerify`."""
    loaded = _loaded(build, env.get("WASMVERIFY_PROFILE"))
    stages = stages_of("WASMVERIFY_STAGES", env.get("WASMVERIFY_STAGES") or (), source)
    compiler = env.get("WASMVERIFY_COMPILER")
    runs = runs_of(env, build, source, loaded.profile, compiler)
    rows = tuple(StageSources(*row) for row in zip(stages, source, runs, strict=True))
    delivered = next(iter(variables.files(env, "WASMVERIFY_DELIVER")), None)
    return verified(env, build, target, loaded, rows, compiler=compiler, delivered=delivered)


def _loaded(build: Build, given: object) -> Loaded:
    if isinstance(given, Loaded):
        return given
    if not given:
        raise UsageError("WasmVerify: give WASMVERIFY_PROFILE, a profile's name or file")
    return profile.load(str(given), build.root)

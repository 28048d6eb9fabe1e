"""All checks of a module, in the order in which they are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from wasmtrim import wasm
from wasmtrim.check import Check, failed, not_judged
from wasmtrim.engine.features import engine
from wasmtrim.errors import ModuleError
from wasmtrim.nn.settings import Dispatch
from wasmtrim.profile import Case, Profile
from wasmtrim.records import FileSize, InferenceRecord, StrengthRecord, VerificationRecord
from wasmtrim.toolchain.locate import Tool
from wasmtrim.verify import contract, differential, equivalence, inference, limits, smoke
from wasmtrim.verify.run import Run
from wasmtrim.verify.world import check_world

MOST_MODULE_BYTES = 64 << 20  # the engine has no room for larger ones, and no host takes them


@dataclass(frozen=True)
class StageRun:
    """A stage's module, and the folder that `run_smoke` wrote into; None where it was not run."""

    name: str
    module: Path
    run: Path | None


@dataclass(frozen=True)
class Verification:
    """What all checks found."""

    checks: tuple[Check, ...]
    nn: Dispatch | None = None
    strength: StrengthRecord | None = None

    @property
    def ok(self) -> bool:
        """Whether every check holds."""
        return all(check.ok for check in self.checks)

    def record(self, profile: str) -> VerificationRecord:
        """The content of `NAME.verify.json`; equal for equal modules, on every machine."""
        nn = self.nn
        ran = InferenceRecord(nn.asked, nn.got, nn.targets, nn.runtime) if nn else None
        record = VerificationRecord.of(profile, self.checks, ran)
        return replace(record, strength=self.strength)

    def with_strength(self, last: StrengthRecord, sha256: str) -> Verification:
        """Return the same with the last measured strength; the hash is that of the module."""
        found, shown = last.found_by_cases, last.shown
        told = f"the cases find {found} of {shown} faults"
        if shown:
            told += f", {found / shown:.0%}"
        if last.sha256 != sha256:
            told += "; measured for an earlier module"
        # Nothing says how strong they must be.
        return replace(self, checks=(*self.checks, not_judged("strength", told)), strength=last)


def verify(
    profile: Profile,
    compiler: str | None,
    stages: Sequence[StageRun],
    size: FileSize,
    *,
    wasm_tools: Tool,
    root: Path,
    into: Path,
) -> Verification:
    """Judge the last stage's module, and that all stages behave alike.

    `compiler` is the one that built it, None for a ready module. `size` is the last module's.
    `root` is the project's, which paths in the profile start from; pictures of differences go to
    `into`. Raises ToolError when a program cannot be run, UsageError when a file that the
    profile names is missing; all else is in the verdict.
    """
    last = stages[-1]
    on_disk = last.module.stat().st_size
    if on_disk > MOST_MODULE_BYTES:
        detail = f"{on_disk:,} bytes; a module of more than {MOST_MODULE_BYTES:,} is not judged"
        return Verification((failed("module", detail),))
    try:
        module = wasm.read_binary(last.module.read_bytes())
    except ModuleError as error:
        return Verification((failed("module", str(error)),))
    ran = [(stage.name, stage.run) for stage in stages if stage.run]
    asked = profile.contract
    world = check_world(last.module, module, asked, root=root, wasm_tools=wasm_tools, work=into)
    checks = [
        features := contract.check_features(last.module, asked, wasm_tools),
        contract.check_imports(module, asked, world.imports if world else ()),
        contract.check_exports(module, asked, world.exports if world else ()),
        *([world.check] if world else []),
        *limits.check_sizes(size, profile.limits, compiler),
        *limits.check_memory(module, _room(ran, profile.smoke), profile.limits, compiler),
    ]
    nn = inference.dispatch(last.run, profile.smoke) if last.run else None
    lacking = (
        contract.not_run(last.module, asked, wasm_tools)
        if features.ok and _could_not_start(last.run, profile.smoke)
        else ""
    )
    if not last.run:
        checks.append(not_judged("run", "nothing was run: the profile has no smoke run"))
    elif lacking:
        checks.append(not_judged("run", f"valid, not run: {engine()} does not run {lacking}"))
    else:
        checks += inference.check(profile, nn)
        checks += smoke.check(profile, last.run, root, into)
        fuel = smoke.most_fuel(last.run, profile.smoke)
        checks += limits.check_fuel(fuel, profile.limits, compiler)
    if len(ran) > 1:
        checks.append(equivalence.check_stages(ran, profile.smoke))
    if last.run and not lacking:
        modules = [stage.module for stage in stages]
        checks += differential.check(profile, compiler, modules, last.run, root, into)
    return Verification(tuple(checks), nn)


def _could_not_start(run: Path | None, cases: Sequence[Case]) -> bool:
    return run is not None and Run.read(run / cases[0].folder).kind == "instance"


def _room(ran: Sequence[tuple[str, Path]], cases: Sequence[Case]) -> limits.Room | None:
    """What the runs came to, by the last stage that tells: nobody sees a component's memory."""
    for _, folder in reversed(ran):
        runs = [Run.read(folder / case.folder) for case in cases]
        told = [run for run in runs if run.memory is not None]
        if told:
            most = [max(run.memory or 0 for run in told), max(run.elements or 0 for run in told)]
            return limits.Room(*most)
    return None

"""Runs without an expectation: on generated inputs, and with another clock and chance."""

from __future__ import annotations

import dataclasses
import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from wasmtrim import atomic, wasm
from wasmtrim.check import Check, failed, held, not_judged
from wasmtrim.errors import ModuleError
from wasmtrim.profile import Case, Profile
from wasmtrim.verify import smoke
from wasmtrim.verify.conditions import Conditions, conditions
from wasmtrim.verify.differential import chance, comparison
from wasmtrim.verify.differential.comparison import LONGER, Compared, limited
from wasmtrim.verify.differential.inputs import generated
from wasmtrim.verify.differential.trace import traced
from wasmtrim.verify.equivalence import same_code
from wasmtrim.verify.sandbox import Given
from wasmtrim.wasm import Binary, Module

NAME = "same on generated inputs"
KEPT_FOLDER = "generated"  # of the first input that differs
_LEAST_FUEL = 1_000_000
_MORE_FUEL = 4  # times what the longest case takes
_MOST_SECONDS = 60  # of the runs with another clock and chance, where the profile says none


@dataclass(frozen=True)
class Plan:
    """The cases, each with what is given in it, and what a run on a generated input may use."""

    cases: tuple[tuple[Case, Given], ...]
    conditions: Conditions
    fuel: int

    @property
    def given(self) -> list[Given]:
        """What is given in the cases."""
        return [given for _, given in self.cases]


def plan(profile: Profile, compiler: str | None, run: Path, root: Path, folder: Path) -> Plan:
    """Plan the runs of a profile, whose smoke run lies in `run`; their files go to `folder`."""
    known = dataclasses.replace(
        conditions(profile, compiler, root),
        seconds=profile.differ.seconds if profile.differ else _MOST_SECONDS,
        # Without positions, what standard Go says of a panic has no lines.
        stderr=profile.positions == "keep",
    )
    most = smoke.most_fuel(run, profile.smoke) or 0
    return Plan(
        tuple((case, smoke.given(case, profile, root, folder)) for case in profile.smoke),
        known,
        min(known.run_limits.fuel, _LEAST_FUEL + _MORE_FUEL * most),
    )


def check(
    profile: Profile,
    compiler: str | None,
    modules: Sequence[Path],
    run: Path,
    root: Path,
    into: Path,
) -> list[Check]:
    """Judge the last of the modules by itself, and against the first one.

    `run` is the folder of the last one's smoke run. The first input that differs goes to `into`.
    """
    with tempfile.TemporaryDirectory() as aside:
        found = _checked(profile, compiler, modules, run, root, Path(aside), baseline=True)
        if all(check.ok for check in found):
            return found
    return _checked(profile, compiler, modules, run, root, into, baseline=False)


def _checked(
    profile: Profile,
    compiler: str | None,
    modules: Sequence[Path],
    run: Path,
    root: Path,
    into: Path,
    *,
    baseline: bool,
) -> list[Check]:
    """Judge them as `check` says, by runs that are told of in `sandbox.run`."""
    old, new = modules[0].read_bytes(), modules[-1].read_bytes()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        planned = plan(profile, compiler, run, root, folder)
        conditions, binary = planned.conditions, wasm.read_binary(new)
        by_chance = (
            chance.tried(planned.cases, run, conditions.start_ms, folder)
            if chance.asks(binary)
            else []
        )
        runs = profile.differ.runs if profile.differ and not same_code(old, new) else 0
        made = generated(planned.given, binary, runs, folder / "inputs")
        given = [dataclasses.replace(one, hashed=True) for one in made]
        before, after = modules[0], modules[-1]
        if runs:
            before, after = _traced(before, after, (wasm.read_binary(old), binary), folder)
        # One process and one compilation for both.
        shown = [*(one.given for one in by_chance), *limited(given, LONGER * planned.fuel)]
        ran_by = partial(comparison.run, conditions=conditions, baseline=baseline)
        ran = ran_by(after, shown, name="after") if shown else []
        found = [chance.check(by_chance, ran)] if by_chance else []
        if runs:
            first = ran_by(before, limited(given, planned.fuel), name="before")
            compared = comparison.compare(given, first, ran[len(by_chance) :], conditions)
            found.append(_check(compared, runs, given, into))
        elif profile.differ and len(modules) > 1:
            found.append(held(NAME, "its code is the compiled module's"))
    return found


def _traced(
    before: Path, after: Path, binaries: Sequence[Binary], folder: Path
) -> tuple[Path, Path]:
    """Return both modules, instrumented to tell the order of calls of imports, where possible."""
    modules = [module for module in binaries if isinstance(module, Module)]
    if len(modules) < len(binaries):
        return before, after
    try:
        first, second = traced(modules)
    except ModuleError:  # a proposal's instruction that we don't know
        return before, after
    return _written(folder / "before.wasm", first), _written(folder / "after.wasm", second)


def _check(compared: Compared, runs: int, given: Sequence[Given], into: Path) -> Check:
    if compared.given:
        number = given.index(compared.given) + 1
        kept = _keep(compared, into / KEPT_FOLDER)
        where = f"the input lies in {os.path.relpath(kept)}"
        return failed(NAME, f"run {number} of {runs}: {compared.what}; {where}")
    if not compared.runs:
        return not_judged(NAME, "no run of the compiled module came to an end")
    detail = "1 run" if compared.runs == 1 else f"{compared.runs} runs"
    if unended := compared.begun - compared.runs:
        detail += f"; {unended} more did not end in the compiled module"
    if left := runs - compared.begun:
        detail += f"; no time was left for {left}"
    if compared.garbage:
        detail += f"; note: {compared.garbage} of {compared.hashed} leave other bytes in the memory"
    return held(NAME, detail, compared.runs)


def _written(path: Path, data: bytes) -> Path:
    atomic.write_scratch(path, data)
    return path


def _keep(compared: Compared, folder: Path) -> Path:
    """Keep what was given in the run that differs, and what came of it on both sides."""
    given = compared.given
    assert given
    asked = {"what": compared.what, "argv": given.argv, "env": given.env, "steps": given.steps}
    atomic.write_text(folder / "run.json", json.dumps(asked, indent=2) + "\n")
    if given.stdin:
        atomic.write_bytes(folder / "input", given.stdin.read_bytes())
    for side in compared.sides:
        for name in ("stdout", "stderr"):
            atomic.write_bytes(folder / side.name / name, (side / name).read_bytes())
    return folder

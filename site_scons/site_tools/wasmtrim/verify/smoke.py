"""The smoke run: a module is run on small known inputs, and what comes out is judged."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from wasmtrim import atomic
from wasmtrim.check import Check, failed, held
from wasmtrim.engine.interfaces import INTERFACES
from wasmtrim.errors import UsageError
from wasmtrim.nn.settings import need_packages
from wasmtrim.profile import Arg, Case, Profile, Region, Step
from wasmtrim.verify import calls, given_files, output, sandbox
from wasmtrim.verify.conditions import conditions
from wasmtrim.verify.equivalence import difference, same_code
from wasmtrim.verify.run import Run


def run_smoke(
    module: Path,
    profile: Profile,
    compiler: str | None,
    root: Path,
    into: Path,
    *,
    before: tuple[Path, Path] | None = None,
) -> None:
    """Run a stage's module on each case of the profile, below `into`.

    A case's folder, as `Case.folder` names it, then holds run.json, stdout and stderr. `compiler`
    is the one that built the module, None for a ready one. `root` is the project's, which paths in
    the profile start from. `before` is the module of the stage before and the folder of its runs:
    where only custom sections changed since, those are taken over; else the module is held against
    them in less time than without. Raises UsageError where the
    profile has no smoke run or a file that it names is missing, ToolError where it needs packages
    that aren't there.
    """
    if not profile.smoke:
        raise UsageError("the profile has no smoke run (smoke: null)")
    if profile.nn:
        need_packages()
    if before and same_code(before[0].read_bytes(), module.read_bytes()):
        for case in profile.smoke:
            for name in ("stdout", "stderr", "run.json"):
                data = (before[1] / case.folder / name).read_bytes()
                atomic.write_bytes(into / case.folder / name, data)
        return
    known = conditions(profile, compiler, root)
    run = partial(
        sandbox.run,
        module,
        [given(case, profile, root, into / case.folder) for case in profile.smoke],
        run_limits=known.run_limits,
        start_ms=known.start_ms,
        step_ms=known.step_ms,
        now_ms=known.now_ms,
        nn=known.nn,
    )
    # What two compilers say of two modules needs no third look; all else, one of them alone tells.
    if not before or _changed(profile.smoke, before[1], into, run(baseline=True)):
        run()


def _changed(cases: Sequence[Case], before: Path, into: Path, runs: Sequence[Run]) -> bool:
    """Whether the runs of the cases, below `into`, give something else than those before."""
    return any(
        difference(Run.read(before / case.folder), before / case.folder, run, into / case.folder)
        for case, run in zip(cases, runs, strict=True)
    )


def given(case: Case, profile: Profile, root: Path, into: Path) -> sandbox.Given:
    """What the engine gives the module in a case, whose files go to `into`."""
    stdin = None
    if case.input:
        data, stdin = given_files.data(root, case.input, "smoke.input"), root / case.input
        try:
            if case.interface:
                INTERFACES[case.interface].read(data)
        except ValueError as error:
            raise UsageError(f"{stdin}: {error}; smoke.input names it") from None
    steps = case.steps
    if case.call:
        args = tuple(Arg(number=number) for number in case.call.args)
        steps = (Step(call=case.call.export, args=args),)
    return sandbox.Given(
        into,
        stdin=stdin,
        argv=(profile.program, *case.args),
        env=case.env,
        interface=case.interface,
        steps=[_asked(step, root) for step in steps],
    )


def _asked(step: Step, root: Path) -> dict[str, Any]:
    """A step as the child process reads it."""
    memory = None
    if step.memory:
        memory = _region(step.memory)
        if memory["length"] is None:
            memory["length"] = len(step.memory.wanted)
    return {
        "call": step.call,
        "args": [_arg(arg, root) for arg in step.args],
        "memory": memory,
        "output": _region(step.output) if step.output else None,
    }


def _arg(arg: Arg, root: Path) -> dict[str, Any]:
    if arg.number is not None:
        return {"number": arg.number}
    if arg.step is not None:
        return {"step": arg.step}
    file = given_files.path(root, arg.file, "smoke.steps") if arg.file else None
    data = bytes.fromhex(arg.bytes) if arg.bytes is not None else (arg.text or "").encode()
    return {
        "file": file and str(file.absolute()),
        "hex": data.hex(),
        "at": arg.at,
        "length": arg.length,
    }


def _region(region: Region) -> dict[str, Any]:
    return {"at": region.at, "length": region.length, "returned": region.returned}


def most_fuel(folder: Path, cases: Sequence[Case]) -> int | None:
    """The instructions of the longest of the cases whose runs lie below `folder`.

    Their sum would tell nothing about a host that limits each run. None where no run tells.
    """
    runs = (Run.read(folder / case.folder) for case in cases)
    return max((run.fuel for run in runs if run.fuel is not None), default=None)


def check(profile: Profile, folder: Path, root: Path, into: Path) -> list[Check]:
    """Judge the runs that lie below `folder`, case by case."""
    runs = [(case, Run.read(folder / case.folder)) for case in profile.smoke]
    # What a run wrote that did not end as it should is not judged.
    expects = [(case, case.expect) for case, run in runs if case.expect and not _fault(case, run)]
    outputs = [
        output.Output(expect, folder / case.folder / "stdout", into / case.folder)
        for case, expect in expects
    ]
    judged = output.check(outputs, root)
    of_output = {case.name: found for (case, _), found in zip(expects, judged, strict=True)}
    return [
        dataclasses.replace(check, name=case.titled(check.name))
        for case, run in runs
        for check in _check_case(case, run, of_output.get(case.name))
    ]


def _check_case(case: Case, run: Run, of_output: Check | None) -> list[Check]:
    """Judge a run: how it ended, what it returned, what it wrote."""
    if fault := _fault(case, run):
        return [failed("run", fault)]
    checks = [held("run", run.ended)]
    if case.call:
        checks.append(calls.check_call(case.call, run))
    if case.steps:
        checks += calls.check_steps(case.steps, run)
    return [*checks, of_output] if of_output else checks


def _fault(case: Case, run: Run) -> str:
    """Say how it ended otherwise than it should; "" where it didn't."""
    if run.kind == "exit" and run.exit == case.exit:
        return ""
    return run.ended + ("" if run.kind != "exit" else f"; expected is {case.exit}")

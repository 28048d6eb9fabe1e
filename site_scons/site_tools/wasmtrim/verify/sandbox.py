"""Runs of an untrusted module, in a child process that is ended by wall clock.

However it ends, the outcome is a value: a `Run`, never an exception.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from wasmtrim import atomic, wasm
from wasmtrim.engine import private_api
from wasmtrim.engine.answer import FIELDS
from wasmtrim.engine.child import MEMORY_BYTES
from wasmtrim.engine.run import Way
from wasmtrim.errors import ModuleError
from wasmtrim.escaping import excerpt
from wasmtrim.nn.settings import Settings
from wasmtrim.verify import child
from wasmtrim.verify.run import Kind, Run, dispatch_of, steps_of
from wasmtrim.wasm import Module, bulk
from wasmtrim.wasm.exposing import exposed
from wasmtrim.wasm.types import PAGE_BYTES

COMPILE_SECONDS = 60
MOST_MEMORY = 512 << 20  # half of that process's; the rest is the engine's and its code's
MOST_FUEL = 1 << 62
SAID_BYTES = 2_000
PROFILE_FILE = "profile"
MOST_SECONDS = 1 << 30

_NO_ROOM = f"it and its engine need more than {MEMORY_BYTES >> 30} GiB of memory"
_OWN = f"(the verifier's own limit, {MOST_MEMORY >> 20} MiB)"
_WAYS = len(Way)  # each compiles the module once
_GRACE_SECONDS = 1.0  # the child watches its own time; the parent ends one that no longer can


@dataclass(frozen=True)
class RunLimits:
    """What a run may use: instructions, bytes of linear memory, table elements, seconds, bytes."""

    fuel: int = MOST_FUEL
    memory: int = MOST_MEMORY
    table: int = 1_000_000
    seconds: float = 10
    output: int = 16 << 20


@dataclass(frozen=True)
class Given:
    """What a module is given in one case, beside its clock.

    It reads `stdin`, or gets that file by the calls of `interface`, or `steps` are called, as
    `engine.steps` reads them. `into` then holds `stdout`, `stderr` and `run.json`. `start_ms` and
    `fuel` are of this case alone; another `seed` gives other random numbers. What is left in the
    memories is `hashed` as long as that costs little. `fault` is the number of the one that a
    module with many is run with.
    """

    into: Path
    stdin: Path | None = None
    argv: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    interface: str | None = None
    steps: Sequence[Mapping[str, Any]] = ()
    start_ms: int | None = None
    seed: int = 0
    fuel: int | None = None
    hashed: bool = False
    fault: int | None = None


def run(
    module: Path,
    cases: Sequence[Given],
    *,
    run_limits: RunLimits = RunLimits(),
    start_ms: int = 0,
    step_ms: int = 1,
    now_ms: bool = False,
    nn: Settings | None = None,
    baseline: bool = False,
) -> list[Run]:
    """Run a module once for each case, compiled once as long as its process lives.

    The clock shows `start_ms` first and goes on by `step_ms` at each reading; `now_ms` provides
    the import `env.now_ms`, `nn` those of WASI-NN. With `baseline` the module comes to the engine's
    baseline compiler first, which gives the same in less time; who asks so runs a module without
    it where what comes out isn't as it should be. Raises ToolError where the child process cannot
    be started.
    """
    clock = {"start_ms": start_ms, "step_ms": step_ms}
    with ExitStack() as files:
        outputs = []
        for case in cases:
            stdout = files.enter_context(atomic.replacing(case.into / "stdout"))
            stderr = files.enter_context(atomic.replacing(case.into / "stderr"))
            stdout.touch()
            stderr.touch()
            outputs.append((stdout.absolute(), stderr.absolute()))
        task = _task(files, module, run_limits, clock, now_ms=now_ms, nn=nn, baseline=baseline)
        asked = [_case(case, clock, *paths) for case, paths in zip(cases, outputs, strict=True)]
        runs = [
            _run(answer, run_limits, *paths)
            for answer, paths in zip(_ask(task, asked), outputs, strict=True)
        ]
    for case, one in zip(cases, runs, strict=True):
        one.write(case.into)
    return runs


@dataclass(frozen=True)
class Observed:
    """A run of many: `counters` are the values of the globals that were planted.

    `left` is the length and hash of each memory at the end; nothing where they were not hashed.
    """

    run: Run
    into: Path
    counters: tuple[int, ...]
    left: tuple[tuple[int, str], ...] = ()


def observe(
    module: Path,
    cases: Sequence[Given],
    *,
    run_limits: RunLimits,
    start_ms: int,
    step_ms: int,
    now_ms: bool,
    nn: Settings | None,
    seconds: float,
    baseline: bool = False,
    profiled: bool = False,
    sampled: float = 0,
) -> list[Observed]:
    """Run a module as `run` does, but write no record of it, and stop after `seconds` in all.

    They are CPU time, as the number of runs must not depend on what else the machine does. The
    answers are then those of the cases that were begun before. A case that ends the process
    by its time is the last one. The folders of the cases must be there; where the module is
    `profiled`, the memory that was planted in it then lies in `profile` there; or what was seen
    in `sampled` seconds of each case, as `engine.sampling` writes it.
    """
    clock = {"start_ms": start_ms, "step_ms": step_ms}
    outputs = []
    for case in cases:
        stdout, stderr = case.into / "stdout", case.into / "stderr"
        stdout.touch()
        stderr.touch()
        outputs.append((stdout.absolute(), stderr.absolute()))
    asked = [_case(case, clock, *files) for case, files in zip(cases, outputs, strict=True)]
    if profiled or sampled:
        for one, case in zip(asked, cases, strict=True):
            one["profile"] = str((case.into / PROFILE_FILE).absolute())
    longest = _WAYS * COMPILE_SECONDS + 10 * seconds + 2 * run_limits.seconds + _GRACE_SECONDS
    with ExitStack() as temporary:
        task = _task(temporary, module, run_limits, clock, now_ms=now_ms, nn=nn, baseline=baseline)
        task |= {"planted": True, "sampled": sampled, "all_seconds": seconds}
        task["mutable"] = any(case.fault is not None for case in cases)
        answers = _ask_once(task, asked, longest)
    return [
        Observed(
            _run(answer, run_limits, *files),
            case.into,
            tuple(answer["counters"] or ()),
            tuple((length, digest) for length, digest in answer["left"] or ()),
        )
        for case, answer, files in zip(cases, answers, outputs, strict=False)
    ]


def _task(
    files: ExitStack,
    module: Path,
    run_limits: RunLimits,
    clock: dict[str, int],
    *,
    now_ms: bool,
    nn: Settings | None,
    baseline: bool,
) -> dict[str, Any]:
    return {
        **_seen(files, module.absolute(), baseline=baseline and nn is None),
        "nn": nn and asdict(nn),
        "nn_bytes": nn.host_bytes if nn else 0,
        "compile_seconds": COMPILE_SECONDS,
        "clock": clock,
        "now_ms": now_ms,
        "planted": False,
        "mutable": False,
        "sampled": 0,
        "all_seconds": MOST_SECONDS,
        **asdict(run_limits),
        "memory": min(run_limits.memory, MOST_MEMORY),
        "fuel": min(run_limits.fuel, MOST_FUEL),
    }


def _seen(files: ExitStack, path: Path, *, baseline: bool) -> dict[str, Any]:
    """Let the engine see all memories and tables of a module, in a copy that `files` removes.

    `baseline` is then the one for the baseline compiler, `bulk` what tells its fuel.
    """
    nothing = {
        **{"module": str(path), "memories": (), "tables": (), "added": (), "shift": 0},
        **{"baseline": None, "bulk": ()},
    }
    try:
        module = wasm.read_binary(path.read_bytes())
    except ModuleError:
        return nothing
    if not isinstance(module, Module):
        return nothing
    found = exposed(module)
    taken = baseline and not private_api.baseline_missing()
    counted = bulk.counted(module, found.entries) if taken else None
    if found.added or counted:
        folder = Path(files.enter_context(tempfile.TemporaryDirectory()))
    if found.added:
        path = folder / "module.wasm"
        atomic.write_scratch(path, found.data)
    beside = path
    if counted:
        beside = folder / "baseline.wasm"
        atomic.write_scratch(beside, counted)
    return {
        "baseline": None if counted is None else str(beside),
        "bulk": () if beside is path else bulk.COUNTS,
        "module": str(path),
        "memories": found.memories,
        "tables": found.tables,
        "added": found.added,
        "shift": found.shift,
    }


def _case(case: Given, clock: dict[str, int], stdout: Path, stderr: Path) -> dict[str, Any]:
    given = None if case.stdin is None else str(case.stdin.absolute())
    start_ms = clock["start_ms"] if case.start_ms is None else case.start_ms
    own = {} if case.fuel is None else {"fuel": min(case.fuel, MOST_FUEL)}
    return {
        **own,
        "clock": {**clock, "start_ms": start_ms, "seed": case.seed},
        "profile": None,
        "hashed": case.hashed,
        "fault": case.fault,
        "stdin": os.devnull if case.interface or given is None else given,
        "given": given,
        "stdout": str(stdout),
        "stderr": str(stderr),
        "argv": list(case.argv),
        "env": dict(case.env),
        "interface": case.interface,
        "steps": list(case.steps),
    }


def _run(answer: dict[str, Any], run_limits: RunLimits, stdout: Path, stderr: Path) -> Run:
    written = stdout.stat().st_size
    kind, detail = _ending(answer, run_limits, written + stderr.stat().st_size)
    with stdout.open("rb") as out:
        digest = hashlib.file_digest(out, "sha256").hexdigest()
    with stderr.open("rb") as err:
        said = excerpt(err.read(SAID_BYTES).decode(errors="replace"))
    return Run(
        kind=kind,
        detail=detail,
        exit=answer["exit"],
        fuel=answer["fuel"],
        memory=answer["memory"],
        elements=answer["elements"],
        steps=steps_of(answer["steps"]),
        stdout_bytes=written,
        stdout_sha256=digest,
        said=said,
        nn=dispatch_of(answer["nn"]),
    )


def _ask(task: dict[str, Any], cases: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Run the cases in one child process, and those that it did not come to in another.

    So a case that ends its process is judged as if it were alone.
    """
    answers: list[dict[str, Any]] = []
    together = len(cases)
    while len(answers) < len(cases):
        left = cases[len(answers) :][:together]
        seconds = _WAYS * (task["compile_seconds"] + len(left) * task["seconds"]) + _GRACE_SECONDS
        found = _ask_once(task, left, seconds)
        if found:
            answers += found
        else:  # none ended in time, and none tells which of them it was
            together = 1
    return answers


def _ask_once(
    task: dict[str, Any], cases: list[dict[str, Any]], seconds: float
) -> list[dict[str, Any]]:
    """Run the child process; where the baseline compiler brought it to no end, run it without."""
    answers, sound = _answers(task, cases, seconds)
    if sound or not task["baseline"]:
        return answers
    return _answers({**task, "baseline": None}, cases, seconds)[0]


def _answers(
    task: dict[str, Any], cases: list[dict[str, Any]], seconds: float
) -> tuple[list[dict[str, Any]], bool]:
    """Run the child process; where it ends without an answer, make one that says how.

    Also tell whether the process came to its own end, and no case to the end of its time.
    """
    ended = child.ask("engine.child", {**task, "cases": cases}, seconds)
    nothing: dict[str, Any] = dict.fromkeys(FIELDS)
    if ended is None:
        detail = f"the engine did not end after {seconds:g} s"
        crash = {"kind": "crash", "detail": detail, **nothing}
        return [crash] if len(cases) == 1 else [], False
    whole = ended.stdout.split(b"\n")[:-1]
    answers = [json.loads(line) for line in whole[: len(cases)]]
    if answers:
        last = answers[-1]["kind"]
        if last == "compile":  # it would take as long again
            answers += answers[-1:] * (len(cases) - len(answers))
        return answers, ended.status == 0 and last not in ("time", "blocked", "compile")
    if "memory allocation of" in ended.said:
        return [{"kind": "memory", "detail": _NO_ROOM, **nothing}], False
    said = [line for line in ended.said.splitlines() if not line.startswith("note: ")]
    last = excerpt(said[-1] if said else "no word on stderr")
    detail = f"the engine crashed, {ended.ended}: {last}"
    return [{"kind": "crash", "detail": detail, **nothing}], False


def _ending(answer: dict[str, Any], run_limits: RunLimits, output: int) -> tuple[Kind, str]:
    """Say in one line how it ended, or which bound ended it."""
    kind, detail = answer["kind"], answer["detail"]
    if output > run_limits.output:
        return "output", f"it prints without end: more than {run_limits.output:,} bytes"
    match kind:
        case "trap" | "stack":
            detail = f"trap: {detail}"
        case "fuel":
            detail = f"it loops, or needs more than {run_limits.fuel:,} instructions"
        case "time":
            detail = f"it loops, or needs more than {run_limits.seconds:g} s"
        case "blocked":
            detail = f"it blocks in a host call: no end after {run_limits.seconds:g} s"
        case "compile":
            detail = f"compiling it takes more than {COMPILE_SECONDS} s"
        case "instance":
            detail = f"no instance: {detail}{_bound(detail, run_limits)}"
    first, pages = answer["first_pages"], answer["pages"]
    most = min(run_limits.memory, MOST_MEMORY) // PAGE_BYTES
    if kind in ("exit", "trap", "fuel") and pages is not None and first < pages > most // 2:
        # A module that asked for more than it got need not have come to the last page.
        whose = f" {_OWN}" if run_limits.memory >= MOST_MEMORY else ""
        grown = f"its memory grew to {pages} of the {most} pages that it may have{whose}"
        if kind != "exit" and pages == most:
            return "memory", f"it allocates without end: {grown}; then {detail}"
        detail = f"{detail}; {grown}" if detail else grown
    return kind, detail


def _bound(detail: str, run_limits: RunLimits) -> str:
    """Say whose limit a module asks for more than."""
    if "exceeds memory limits" in detail:
        if run_limits.memory < MOST_MEMORY:
            return f"; limits.memory allows {run_limits.memory:,} bytes"
        return f"; the verifier itself gives {MOST_MEMORY >> 20} MiB at most, not the profile"
    if "exceeds table limits" in detail:
        return f"; limits.table allows {run_limits.table:,} elements"
    return ""

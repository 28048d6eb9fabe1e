"""Two modules on the same inputs: what the one does that the other does not."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from wasmtrim.verify import equivalence, sandbox
from wasmtrim.verify.conditions import Conditions
from wasmtrim.verify.sandbox import Given, Observed

_ENDLESS = ("fuel", "time", "blocked", "compile", "crash")
LONGER = 4  # times the instructions that the first module may use: then it doesn't end


@dataclass(frozen=True)
class Compared:
    """`runs` were compared, of `begun`.

    Of `hashed` the memories were compared too: `garbage` of them left something else there, which
    is no fault, since an optimizer may leave other bytes on a stack.
    `given` is the first input on which they differ, `what` says how; `sides` are the folders of
    both runs.
    """

    begun: int
    runs: int
    what: str = ""
    given: Given | None = None
    sides: tuple[Path, ...] = ()
    hashed: int = 0
    garbage: int = 0


def limited(given: Sequence[Given], fuel: int) -> list[Given]:
    """Return the same with that many instructions each."""
    return [dataclasses.replace(case, fuel=fuel) for case in given]


def run(
    module: Path,
    given: Sequence[Given],
    conditions: Conditions,
    name: str,
    *,
    baseline: bool = False,
    profiled: bool = False,
    sampled: float = 0,
) -> list[Observed]:
    """Run a module on all inputs; its output lies in a folder `name` beside each of them.

    `baseline`, `profiled` and `sampled` are as for `sandbox.observe`.
    """
    own = []
    for case in given:
        into = case.into / name
        into.mkdir(parents=True, exist_ok=True)
        own.append(dataclasses.replace(case, into=into))
    return sandbox.observe(
        module,
        own,
        run_limits=conditions.run_limits,
        start_ms=conditions.start_ms,
        step_ms=conditions.step_ms,
        now_ms=conditions.now_ms,
        nn=conditions.nn,
        seconds=conditions.seconds,
        baseline=baseline,
        profiled=profiled,
        sampled=sampled,
    )


def compare(
    given: Sequence[Given],
    before: Sequence[Observed],
    after: Sequence[Observed],
    conditions: Conditions,
) -> Compared:
    """Find the first input on which the runs of two modules differ.

    Where the first module does not end, or overflows its stack, which an optimizer may change,
    there is nothing to compare.
    """
    begun, runs = min(len(before), len(after)), 0
    hashed = garbage = 0
    for case, one, other in zip(given, before, after, strict=False):
        if ends(one) and other.run.kind != "stack":
            runs += 1
            if what := _difference(one, other, stderr=conditions.stderr):
                return Compared(begun, runs, what, case, (one.into, other.into))
            if one.left and _lengths(one) == _lengths(other):
                hashed += 1
                garbage += one.left != other.left
    return Compared(begun, runs, hashed=hashed, garbage=garbage)


def _lengths(observed: Observed) -> list[int]:
    return [length for length, _ in observed.left]


def ends(one: Observed) -> bool:
    """Whether a run of the first module is one to hold another against."""
    return one.run.kind not in (*_ENDLESS, "instance", "stack")


def _difference(one: Observed, other: Observed, *, stderr: bool) -> str | None:
    what = equivalence.difference(one.run, one.into, other.run, other.into)
    if what:
        return what
    old, new = _kind(one), _kind(other)
    if old != new:
        return f"how the run ends: {old} became {new}"
    if stderr:
        old_said, new_said = ((each.into / "stderr").read_bytes() for each in (one, other))
        if old_said != new_said:
            at = equivalence.first_difference(old_said, new_said)
            return f"what it says on stderr: the first other byte is byte {at}"
    if one.counters != other.counters:
        if one.counters[:1] != other.counters[:1]:
            return f"the imports that it calls: {one.counters[0]} calls became {other.counters[0]}"
        return "the order in which it calls its imports"
    return None


def _kind(observed: Observed) -> str:
    """How a run ended, but for where in the code, and how far its memory grew."""
    run = observed.run
    if run.kind == "memory":
        return run.kind
    return run.detail.partition("; its memory grew")[0].partition(" in function ")[0]

"""A program whose output is chance: it changes with the clock, or with random numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from wasmtrim.check import Check, failed, held, not_judged
from wasmtrim.profile import Case
from wasmtrim.verify import equivalence
from wasmtrim.verify.run import Run
from wasmtrim.verify.sandbox import Given, Observed
from wasmtrim.wasm import Binary, Import

OTHER_SEED = 1
LATER_MS = 1_790_000_000_123  # 56 years: a clock that begins in 1970 is then one of our time
NAME = "chance"
_ASKS = ("random", "clock", "poll_oneoff", "now_ms")


def asks(binary: Binary) -> bool:
    """Whether it imports anything that gives it the time or random numbers."""
    names = (entry.key if isinstance(entry, Import) else entry.name for entry in binary.imports)
    return any(word in name for name in names for word in _ASKS)


@dataclass(frozen=True)
class Tried:
    """A case, the folder of its smoke run, and the same with another clock or chance."""

    case: Case
    run: Path
    given: Given
    reason: str


def tried(
    cases: Sequence[tuple[Case, Given]], run: Path, start_ms: int, folder: Path
) -> list[Tried]:
    """Give each case that ended as it should other random numbers, then another clock."""
    found = []
    others = (("random numbers", OTHER_SEED, 0), ("the clock", 0, LATER_MS))
    for number, (case, given) in enumerate(cases):
        smoke = Run.read(run / case.folder)
        if smoke.kind == "exit" and smoke.exit == case.exit:
            for reason, seed, later in others:
                into = folder / f"{number} {reason}"
                into.mkdir()
                other = replace(given, into=into, seed=seed, start_ms=start_ms + later)
                found.append(Tried(case, run / case.folder, other, reason))
    return found


def check(cases: Sequence[Tried], ran: Sequence[Observed]) -> Check:
    """Judge the runs of the cases."""
    faults: list[str] = []
    known: list[str] = []
    for one, other in zip(cases, ran, strict=False):
        what = equivalence.difference(Run.read(one.run), one.run, other.run, other.into)
        if what:
            said = f"{one.reason} ({what})"
            (known if one.case.random else faults).append(one.case.titled(said))
    if faults:
        said = "its output depends on " + "; ".join(faults)
        return failed(NAME, f"{said}; smoke.random: true says that it may")
    if known:
        return not_judged(NAME, f"its output depends on {'; '.join(known)}, as smoke.random says")
    return held(NAME, "the same with another clock and other random numbers")

"""The same at each stage: the first stage whose module behaves in another way is named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from wasmtrim.check import Check, failed, held, not_judged
from wasmtrim.errors import ModuleError
from wasmtrim.profile import Case
from wasmtrim.verify.run import Run
from wasmtrim.wasm import component, is_component, sections

NAME = "same at each stage"


def same_code(before: bytes, after: bytes) -> bool:
    """Whether two modules differ in custom sections only, so that one need not be run again."""
    try:
        return _code(before) == _code(after)
    except ModuleError:
        return False


def _code(data: bytes) -> list[tuple[int, bytes]]:
    """Return all sections but custom ones; of a component, also those of what is nested in it."""
    found = component.read(data).sections if is_component(data) else sections.split(data)
    code = []
    for section in found:
        if section.id == sections.CUSTOM:
            continue
        content = data[section.start : section.end]
        if is_component(data) and section.id in (component.CORE_MODULE, component.NESTED):
            code += [(section.id, b""), *_code(content)]
        else:
            code.append((section.id, content))
    return code


def check_stages(runs: Sequence[tuple[str, Path]], cases: Sequence[Case]) -> Check:
    """Compare the runs of all stages, each a name and the folder of its cases, case by case.

    They are compared with those of the first stage whose module could start: what an optimizer
    takes away may be the one import that the verifier does not have.
    """
    found = [_compare(runs, case) for case in cases]
    changed = [each for each in found if each.change]
    if changed:
        return failed(NAME, min(changed, key=lambda each: each.at).change)
    late = next((each for each in found if each.at), None)
    among = f" in {len(cases)} cases" if len(cases) > 1 else ""
    if late is None:
        return held(NAME, f"{len(runs)} stages give the same{among}", len(cases))
    stage, folder = runs[0]
    ended = Run.read(folder / late.case.folder).ended
    why = f"{stage} could not start here{_in(late.case)} ({ended})"
    left = [stage for stage, _ in runs[late.at :]]
    if len(left) > 1:
        return held(NAME, f"{' and '.join(left)} give the same{among}; {why}")
    return not_judged(NAME, f"{why}; there is nothing to compare {left[0]} with" if left else why)


@dataclass(frozen=True)
class _Compared:
    """`at` is the number of the stage that made the change; without one, of the first that ran."""

    case: Case
    at: int
    change: str = ""


def _compare(runs: Sequence[tuple[str, Path]], case: Case) -> _Compared:
    read = [(stage, folder / case.folder, Run.read(folder / case.folder)) for stage, folder in runs]
    begun = next((at for at, (*_, run) in enumerate(read) if run.kind != "instance"), len(read))
    for at in range(begun + 1, len(read)):
        (first, old, before), (stage, new, after) = read[begun], read[at]
        if changed := difference(before, old, after, new):
            change = f"{stage} changed {changed}{_in(case)} (compared with {first})"
            return _Compared(case, at, change)
    return _Compared(case, begun)


def _in(case: Case) -> str:
    return f" in the case {case.name}" if case.name else ""


def difference(before: Run, old: Path, after: Run, new: Path) -> str | None:
    """Say what a run gave that the one before it did not; `old` and `new` hold their stdout."""
    if (before.kind, before.exit) != (after.kind, after.exit):
        return f"how the run ends: {before.ended} became {after.ended}"
    old_steps, new_steps = before.steps or (), after.steps or ()
    if len(old_steps) != len(new_steps):
        return f"after how many calls the run ends: {len(old_steps)} became {len(new_steps)}"
    for number, (old_step, new_step) in enumerate(zip(old_steps, new_steps, strict=True), 1):
        what = f"step {number}" if len(old_steps) > 1 else "the call"
        # NaN is unlike itself, its text is not.
        if repr(old_step.returns) != repr(new_step.returns):
            return f"what {what} returns: {old_step.shown} became {new_step.shown}"
        if old_step != new_step:
            return f"what {what} leaves in the memory"
    if before.stdout_sha256 != after.stdout_sha256:
        at = first_difference((old / "stdout").read_bytes(), (new / "stdout").read_bytes())
        return (
            f"the output: {before.stdout_bytes} bytes became {after.stdout_bytes},"
            f" the first other one is byte {at}"
        )
    return None


def first_difference(one: bytes, other: bytes) -> int:
    """Where two texts first differ; the end of the shorter one where it begins the other."""
    shorter = min(len(one), len(other))
    if one[:shorter] == other[:shorter]:
        return shorter
    low, high = 0, shorter  # one[:low] is equal, one[:high] is not
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if one[:middle] == other[:middle] else (low, middle)
    return low

"""A stage that makes the module bigger in what the profile limits: the module before goes on."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from wasmtrim.profile import Metric, Profile
from wasmtrim.stages import optimize, prune
from wasmtrim.stages.execution import StageResult

# The others do what they are asked for whatever it weighs, or prove that theirs is smaller.
_JUDGED = (prune.NAME, optimize.NAME)


def metric_of(stage: str, profile: Profile) -> Metric | None:
    """Return what the result of a stage may not be bigger in; None where it is taken as it is.

    Prune is taken where the contract refuses the exports that it drops.
    """
    refused = stage == prune.NAME and profile.contract.other_exports == "refuse"
    if stage not in _JUDGED or profile.keep == "always" or refused:
        return None
    return profile.limiting


def of_both(
    before: bytes,
    made: StageResult,
    metric: Metric,
    weigh: Callable[[bytes, Metric], int],
    at_the_end: Callable[[bytes], bytes],
) -> StageResult:
    """Return what the stage made, or the module before where that one ships smaller.

    `at_the_end` gives what the stages after it make of a module. A stage may make room for a later
    one: in the example gif-edge, wasm-opt makes gzip 2.5 % bigger, and after layout it is 1.1 %
    smaller than without. Wherever the stage's own module is bigger, the record says so.
    """
    was, now = weigh(before, metric), weigh(made.module, metric)
    if now <= was:
        return made
    said = f"{metric} {was:,} becomes {now:,} ({now / was - 1:+.1%})"
    without, with_it = (weigh(at_the_end(each), metric) for each in (before, made.module))
    end = f"{with_it:,} after all stages, {without:,} without this one"
    if with_it < without:
        notes = (*made.record.notes, f"{said}, but {end}")
        return StageResult(made.module, dataclasses.replace(made.record, notes=notes))
    note = f"{said}; {end}: so the module before goes on (`keep: always` takes this one)"
    return StageResult(before, dataclasses.replace(made.record, notes=(note,), undone=True))

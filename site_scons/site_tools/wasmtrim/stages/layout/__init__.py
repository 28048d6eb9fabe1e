"""Layout: cut data segments and order functions so that the module is small in a metric.

For raw, constants that repeat become globals, too. Exact: the same functions, memories and
tables. What is found is proven before it is used.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from wasmtrim import OWN, wasm
from wasmtrim.errors import ToolError
from wasmtrim.stages import job as jobs
from wasmtrim.stages.job import IN, OUT, Job, Unchanged
from wasmtrim.stages.layout import constants, proof, search
from wasmtrim.stages.layout import program as programs
from wasmtrim.stages.layout.data import Unmovable
from wasmtrim.stages.layout.program import Arrangement, Program
from wasmtrim.wasm import Binary, Module
from wasmtrim.wasm.names import without as without_names

if TYPE_CHECKING:
    from wasmtrim.profile import Metric, Profile

NAME = "layout"
PROGRAM: str = OWN
_EXACT = "exact: undone, it is the input byte for byte; memories and tables are the same"
MOST_BYTES = 64 << 20  # of a module; brotli takes minutes for as much


@dataclass(frozen=True)
class Settings(jobs.Settings):
    """`metric`: what the module is to be small in; `nameless`: its names don't count."""

    metric: Metric = "raw"
    nameless: bool = False

    def without_names(self) -> Settings:
        """Its names don't count, as they are cut."""
        return replace(self, nameless=True)


def wanted(profile: Profile) -> bool:
    """Return whether the profile has a metric."""
    return profile.metric is not None


def settings(profile: Profile) -> Settings:
    """Read the profile's part of this stage."""
    return Settings() if profile.metric is None else Settings(profile.metric)


def job(settings: Settings, before: Module, features: tuple[str, ...]) -> Job | Unchanged:  # noqa: ARG001
    """Return our own arguments. What its sections don't tell of a module, the process finds out."""
    try:
        _refuse(before)
    except Unmovable as reason:
        return Unchanged(f"{reason}; unchanged")
    names = ["--nameless"] if settings.nameless else []
    return Job((NAME, IN, f"--out={OUT}", f"--metric={settings.metric}", *names))


def check(settings: Settings, before: Module, after: Module) -> tuple[str, ...]:  # noqa: ARG001
    """Refuse a module that begins with other memories. That it is exact, the process has proven."""
    if after.data == before.data:
        program = _program(before)
        return (program.reason,) if isinstance(program, Unchanged) else ()
    (was, fixed), (now, _) = programs.data_of(before), programs.data_of(after)
    if not proof.same_memories(before, was, after, now):
        raise ToolError("the memories differ")
    notes = [_fixed(fixed)] if fixed else []
    count, found = len(after.segments), len(before.segments)
    if count != found:
        notes.append(f"data segments: {count:,} in place of {found:,}")
    if pooled := len(after.globals) - len(before.globals):
        notes.append(f"constants that repeat are read from {pooled:,} globals")
    return (*notes, _EXACT)


@dataclass(frozen=True)
class Arranged:
    """The module in its new layout, its size by the metric before and after, and what changed."""

    module: bytes
    before: int
    after: int
    notes: tuple[str, ...]


def arrange(before: bytes, metric: Metric, *, nameless: bool = False) -> Arranged | Unchanged:
    """Give a module the layout that is smallest by the metric; `nameless`: without its names.

    Unchanged where none is smaller. Raises ModuleError where it is not a module, ToolError where
    the proof fails.
    """
    program = _program(wasm.read_binary(before))
    if isinstance(program, Unchanged):
        return program
    fixed = _fixed(program.fixed) if program.fixed else ""
    found = search.smallest(program, metric, nameless=nameless)
    notes = [fixed] if fixed else []
    module, laid_out = program.module, None
    if found is not None:
        arrangement = found.candidate.arrangement
        module = proof.prove(program, arrangement, found.candidate.module)
        laid_out = Arranged(module.data, found.before, found.size, ())
        notes += _moved(program, arrangement)
    if metric == "raw":
        pooled = constants.pool(module)
        if pooled is not None:
            was, now = (_raw(data, nameless=nameless) for data in (before, pooled.module))
            laid_out = Arranged(pooled.module, was, now, ())
            notes.append(f"{pooled.uses:,} constants are read from {pooled.count:,} globals")
    if laid_out is None:
        return Unchanged("; ".join([*notes, f"no layout is smaller by {metric}; unchanged"]))
    return replace(laid_out, notes=(*notes, _EXACT))


def _raw(module: bytes, *, nameless: bool) -> int:
    """Its bytes, with its name section or without."""
    return len(without_names(module) if nameless else module)


def _moved(program: Program, arrangement: Arrangement) -> list[str]:
    """What of a layout is other, in words."""
    order, segments = arrangement.order, arrangement.segments
    moved = sum(one != other for one, other in zip(order, program.found.order, strict=True))
    notes = []
    if program.segment_names and not arrangement.segment_names:
        notes.append("the name section no longer names data segments")
    notes.append(f"{moved:,} of {len(order):,} functions have another place")
    if program.data and segments is not None:
        was = len(program.data.segments)
        notes.append(f"data segments: {len(segments):,} in place of {was:,}")
    return notes


def _program(module: Binary) -> Program | Unchanged:
    """The module taken apart, or why it can't lie otherwise."""
    if not isinstance(module, Module):
        return Unchanged("layout is for modules, and it is a component; unchanged")
    try:
        _refuse(module)
        return programs.read(module)
    except Unmovable as reason:
        return Unchanged(f"{reason}; unchanged")


def _refuse(module: Module) -> None:
    if len(module.data) > MOST_BYTES:
        raise Unmovable(f"it has more than {MOST_BYTES >> 20} MiB")
    programs.refuse(module)


def _fixed(reason: str) -> str:
    return f"{reason}, so data segments are as they were"

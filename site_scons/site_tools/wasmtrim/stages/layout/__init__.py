"""Layout: cut data segments and order functions so that the module is small in a metric. By us.

Exact: the same functions, memories and tables. What is found is proven before it is used.
"""

from __future__ import annotations

from dataclasses import dataclass

from wasmtrim import wasm
from wasmtrim.stages.job import Unchanged
from wasmtrim.stages.layout import program as programs
from wasmtrim.stages.layout import proof, search
from wasmtrim.stages.layout.data import Unmovable
from wasmtrim.stages.layout.metric import Metric
from wasmtrim.wasm import Component

NAME = "layout"
MOST_BYTES = 64 << 20  # of a module; brotli takes minutes for as much


@dataclass(frozen=True)
class Arranged:
    """The module in its new layout, its size by the metric before and after, and what changed."""

    module: bytes
    before: int
    after: int
    notes: tuple[str, ...]


def arrange(before: bytes, metric: Metric) -> Arranged | Unchanged:
    """Give a module the layout that is smallest by the metric.

    Unchanged where none is smaller. Raises ModuleError where it is no module, ToolError where the
    proof fails.
    """
    module = wasm.read_binary(before)
    if isinstance(module, Component):
        return Unchanged("layout is for modules, and it is a component; unchanged")
    if len(before) > MOST_BYTES:
        return Unchanged(f"it has more than {MOST_BYTES >> 20} MiB; unchanged")
    try:
        program = programs.read(module)
    except Unmovable as reason:
        return Unchanged(f"{reason}; unchanged")
    fixed = f"{program.fixed}, so data segments are as they were" if program.fixed else ""
    found = search.smallest(program, metric)
    if found is None:
        none = f"no layout is smaller by {metric}; unchanged"
        return Unchanged(f"{fixed}; {none}" if fixed else none)
    arrangement, after = found.candidate.arrangement, found.candidate.module
    proof.prove(program, arrangement, after)
    order, segments = arrangement.order, arrangement.segments
    moved = sum(one != other for one, other in zip(order, program.found.order, strict=True))
    notes = [fixed] if fixed else []
    notes.append(f"{moved:,} of {len(order):,} functions have another place")
    if program.data and segments is not None:
        was = len(program.data.segments)
        notes.append(f"{len(segments):,} data segments in place of {was:,}")
    notes.append("exact: undone, it is the input byte for byte; memories and tables are the same")
    return Arranged(after, found.before, found.size, tuple(notes))

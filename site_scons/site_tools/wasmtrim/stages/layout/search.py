"""The smallest of a few layouts, by the metric."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING

from wasmtrim.stages.layout import order as orders
from wasmtrim.stages.layout import segments as cuts
from wasmtrim.stages.layout.data import Data, Segments
from wasmtrim.stages.layout.metric import estimate, exact, size
from wasmtrim.stages.layout.program import Arrangement, Program
from wasmtrim.wasm import limits
from wasmtrim.wasm.names import without as without_names

if TYPE_CHECKING:
    from wasmtrim.profile import Metric

# Zeros in a row that are left in a segment. A compressor takes a few bytes for a run of zeros of
# any length, but more for the address and size of a segment, which no other has.
_GAPS = (24, 48, 96, 256, 1024, 8192)
_MEASURED = 2 << 20  # bytes that are compressed as records have it, until one is smaller
_FINALISTS = 3


@dataclass(frozen=True)
class Candidate:
    """A layout, and the module in it."""

    arrangement: Arrangement
    module: bytes


@dataclass(frozen=True)
class Smallest:
    """The smallest layout that was found, and its size by the metric; `before` is the input's."""

    candidate: Candidate
    size: int
    before: int


def smallest(program: Program, metric: Metric, *, nameless: bool = False) -> Smallest | None:
    """The smallest layout that was found; None where none is smaller than the input.

    It is searched without the name section, so that a build with names gets the layout of the one
    without; `nameless`: its sizes are those without, too. What is slow to measure is estimated
    first, and the best by estimate are measured: as many as there is time for, but more while none
    is smaller.
    """
    ranked = sorted(_candidates(program, metric), key=lambda found: found[0])
    if metric == "raw":
        ranked = ranked[:1]
    before, best = size(without_names(program.module.data), metric), None
    for at, (estimated, candidate) in enumerate(ranked[:_FINALISTS], 1):
        length = len(candidate.module)
        if best and at * length > _MEASURED:
            break
        measured = estimated if exact(length, metric) else size(candidate.module, metric)
        if measured < (best.size if best else before):
            best = Smallest(candidate, measured, before)
    if best is None or program.names is None:
        return best
    named = program.write(best.candidate.arrangement)
    found = Candidate(best.candidate.arrangement, named)
    if nameless:
        return Smallest(found, best.size, before)
    before, after = size(program.module.data, metric), size(named, metric)
    return Smallest(found, after, before) if after < before else None


def _candidates(program: Program, metric: Metric) -> Iterator[tuple[int, Candidate]]:
    """Layouts with their estimated sizes, without a name section.

    Where measuring is slow, only those orders that were best for large modules: chains.
    """

    def estimated(order: Sequence[int]) -> tuple[int, Candidate]:
        arrangement = Arrangement(order, segments, names)
        module = program.write(arrangement, names=False)
        return estimate(module, metric), Candidate(arrangement, module)

    segments = _segments(program.data, metric) if program.data else None
    cut = program.data is not None and segments is not program.data.segments
    names = None if cut else program.segment_names
    yield estimated(program.found.order)
    if metric == "raw":
        yield estimated(orders.by_use(program))
        return
    slow = not exact(len(program.module.data), metric)
    alike = [estimated(order) for order in orders.by_likeness(program, chains_only=slow)]
    yield from alike
    if not slow:
        _, best = min(alike, key=lambda found: found[0])
        yield estimated(orders.within_classes(program, best.arrangement.order))


def _segments(data: Data, metric: Metric) -> Segments:
    """The best cut of the data by themselves: code doesn't depend on it."""
    passive = range(len(data.passive))
    room = limits.DATA_SEGMENTS.most - len(passive)
    if metric == "raw":
        candidates = [cuts.cheapest(data.memories, room)]
    else:
        candidates = [cuts.by_gap(data.memories, gap) for gap in _GAPS]
    fitting = [[*passive, *found] for found in candidates if len(found) <= room]
    sized = [(estimate(data.entries, metric), data.segments)]
    sized += [(estimate(data.write(segments), metric), segments) for segments in fitting]
    return min(sized, key=itemgetter(0))[1]

"""A profile's earlier builds: a line a metric, each on its own scale, with the builds' notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from wasmtrim.records import Entry
from wasmtrim.report import formatting
from wasmtrim.wording import plural

_METRICS: Final = {"bytes": "raw", "gzip": "gzip", "brotli": "brotli", "fuel": "fuel"}
_MOST_ENTRIES: Final = 50  # rows; the lines have all
_MOST_POINTS: Final = 100  # that can be told apart
_APART: Final = 50  # of the 1000 of a field's width: numbers of notes that do not overlap


@dataclass(frozen=True)
class Row:
    """An entry, and its difference in bytes to the one before."""

    entry: Entry
    delta: str


@dataclass(frozen=True)
class Point:
    """A build on a line: where it is in the field, and what it weighs."""

    at: str
    height: str
    text: str


@dataclass(frozen=True)
class Note:
    """A build that has a note. Its `number` is "" where there is no room for it on the line."""

    at: str
    number: str
    text: str


@dataclass(frozen=True)
class Chart:
    """One metric as a line in a field of 1000 by 100; `points` are there if they are few.

    `high` and `low` are the ends of its scale. `allowed` is the height of the budget's line, and
    `budget` what it allows; both are "" without a budget. `numbers` are notes at their points.
    """

    title: str
    summary: str
    high: str
    low: str
    line: str
    points: tuple[Point, ...]
    allowed: str
    budget: str
    numbers: tuple[tuple[Note, str], ...]


@dataclass(frozen=True)
class Timeline:
    """A chart a metric; `first` and `last` are the dates at their ends."""

    first: str
    last: str
    charts: tuple[Chart, ...]
    notes: tuple[Note, ...]
    summary: str
    rows: tuple[Row, ...]


def timeline(entries: Sequence[Entry], allowed: Mapping[str, int]) -> Timeline | None:
    """Draw the builds, oldest first; None where there are too few to compare.

    `allowed` is the most that the budgets allow of the whole module now, by metric.
    """
    if len(entries) < 2:
        return None
    first, last = entries[0], entries[-1]
    deltas = [
        "",
        *(formatting.signed(b.raw - a.raw) for a, b in pairwise(entries)),
    ]
    listed = [Row(entry, delta) for entry, delta in zip(entries, deltas, strict=True)]
    places = [1000 * n / (len(entries) - 1) for n in range(len(entries))]
    notes = _notes(entries, places)
    charts = (
        _chart(title, entries, places, [getattr(e, key) for e in entries], allowed.get(key), notes)
        for title, key in _METRICS.items()
    )
    return Timeline(
        first=first.date[:10],
        last=last.date[:10],
        charts=tuple(chart for chart in charts if chart),
        notes=tuple(notes.values()),
        summary=f"{plural(len(entries), 'build')} from {first.date[:10]} to {last.date[:10]}",
        rows=tuple(reversed(listed[-_MOST_ENTRIES:])),
    )


def _notes(entries: Sequence[Entry], places: Sequence[float]) -> dict[int, Note]:
    found: dict[int, Note] = {}
    shown = -float(_APART)
    for n, (entry, place) in enumerate(zip(entries, places, strict=True)):
        if not entry.note:
            continue
        fits = place - shown >= _APART
        shown = place if fits else shown
        text = f"{entry.date[:10]}: {entry.note}"
        found[n] = Note(f"{place:.1f}", str(len(found) + 1) if fits else "", text)
    return found


def _chart(
    title: str,
    entries: Sequence[Entry],
    places: Sequence[float],
    values: Sequence[int | None],
    allowed: int | None,
    notes: Mapping[int, Note],
) -> Chart | None:
    """Draw one metric; None where fewer than two builds have it."""
    known = {n: value for n, value in enumerate(values) if value is not None}
    if len(known) < 2:
        return None
    scale = [*known.values(), *([] if allowed is None else [allowed])]
    low, high = min(scale), max(scale)

    def height(value: int) -> str:
        return f"{94 - 88 * (value - low) / (high - low or 1):.1f}"

    points = {
        n: Point(
            f"{places[n]:.1f}",
            height(value),
            f"{entries[n].date[:10]}, {entries[n].built_of}: {formatting.count(value)} {title}",
        )
        for n, value in known.items()
    }
    ends = list(known.values())
    return Chart(
        title=title,
        summary=f"{formatting.count(ends[0])} => {formatting.count(ends[-1])}",
        high=formatting.count(high),
        low=formatting.count(low),
        line=" ".join(f"{point.at},{point.height}" for point in points.values()),
        points=tuple(points.values()) if len(points) <= _MOST_POINTS else (),
        allowed="" if allowed is None else height(allowed),
        budget="" if allowed is None else formatting.count(allowed),
        numbers=tuple(
            (note, points[n].height) for n, note in notes.items() if note.number and n in points
        ),
    )

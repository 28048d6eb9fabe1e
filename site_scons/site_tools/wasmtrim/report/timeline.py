"""A profile's earlier builds: a line a metric, each on its own scale, with the builds' notes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from wasmtrim.records import Entry
from wasmtrim.report import formatting
from wasmtrim.report.stages import FIGURES, counting_first
from wasmtrim.wording import plural

_MOST_ENTRIES: Final = 20  # rows; the lines have all
_MOST_POINTS: Final = 20  # that can be told apart
_MOST_CORNERS: Final = 300  # of a line, about: a field is hardly wider in pixels
_VALUE_WIDTH: Final = 280  # of the 1000: a figure such as 2,095,200 on a narrow screen
_APART: Final = 50  # of the 1000 of a field's width: numbers of notes that do not overlap


@dataclass(frozen=True)
class Row:
    """An entry, its difference in bytes to the one before, and its figures by their titles."""

    entry: Entry
    delta: str
    figures: dict[str, str]


@dataclass(frozen=True)
class Point:
    """A build on a line: where it is in the field, and what it weighs.

    `value` stands beside it, "" where there is no room; `side` is where, as classes of the style.
    """

    at: str
    height: str
    text: str
    value: str = ""
    side: str = ""


@dataclass(frozen=True)
class Note:
    """A build that has a note. Its `number` is "" where there is no room for it on the line."""

    at: str
    number: str
    text: str


@dataclass(frozen=True)
class Chart:
    """One metric as a line in a field of 1000 by 100; `points` are there if they are few.

    `values` are those points that have their value beside them.

    `high` and `low` are the ends of its scale. `allowed` is the height of the budget's line, and
    `budget` what it allows; both are "" without a budget. `numbers` are notes at their points.
    """

    title: str
    summary: str
    high: str
    low: str
    line: str
    points: tuple[Point, ...]
    values: tuple[Point, ...]
    allowed: str
    budget: str
    numbers: tuple[tuple[Note, str], ...]


@dataclass(frozen=True)
class Timeline:
    """A chart a metric; `first` and `last` are the dates at their ends.

    `rows` are the last builds, `left_out` how many there were before.
    """

    first: str
    last: str
    charts: tuple[Chart, ...]
    notes: tuple[Note, ...]
    summary: str
    rows: tuple[Row, ...]
    left_out: int

    @property
    def headings(self) -> list[tuple[str, bool]]:
        """Those of the table of builds, each with whether its column has numbers."""
        figures = list(self.rows[0].figures)
        figures.insert(figures.index("bytes") + 1, "delta")
        return [
            ("date", False),
            ("commit", False),
            *((name, True) for name in figures),
            ("compiler", False),
            ("note", False),
        ]


def timeline(
    entries: Sequence[Entry], allowed: Mapping[str, int], first_title: str = ""
) -> Timeline | None:
    """Draw the builds, oldest first; None where there are too few to compare.

    `allowed` is the most that the budgets allow of the whole module now, by metric. The chart
    with the title `first_title` comes first.
    """
    if len(entries) < 2:
        return None
    first, last = entries[0], entries[-1]
    deltas = [
        "",
        *(formatting.signed(b.raw - a.raw) for a, b in pairwise(entries)),
    ]
    metrics = counting_first(FIGURES, first_title).items()
    listed = [
        Row(entry, delta, {title: _figure(getattr(entry, key)) for title, key in metrics})
        for entry, delta in zip(entries, deltas, strict=True)
    ]
    places = [1000 * n / (len(entries) - 1) for n in range(len(entries))]
    notes = _notes(entries, places)
    charts = (
        _chart(title, entries, places, [getattr(e, key) for e in entries], allowed.get(key), notes)
        for title, key in metrics
    )
    return Timeline(
        first=first.date[:10],
        last=last.date[:10],
        charts=tuple(chart for chart in charts if chart),
        notes=tuple(notes.values()),
        summary=f"{plural(len(entries), 'build')} from {first.date[:10]} to {last.date[:10]}",
        rows=tuple(reversed(listed[-_MOST_ENTRIES:])),
        left_out=max(len(listed) - _MOST_ENTRIES, 0),
    )


def _figure(value: int | None) -> str:
    return "" if value is None else formatting.count(value)


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
        return f"{80 - 60 * (value - low) / (high - low or 1):.1f}"  # with room for the values

    ends = list(known.values())
    spots = {n: (places[n], float(height(value))) for n, value in known.items()}
    sides = _values(known, spots, [n for n, note in notes.items() if note.number and n in known])
    points = {
        n: Point(
            f"{places[n]:.1f}",
            height(value),
            f"{entries[n].date[:10]}: {formatting.count(value)}",
            formatting.count(value) if n in sides else "",
            sides.get(n, ""),
        )
        for n, value in known.items()
    }
    return Chart(
        title=title,
        summary=f"{formatting.count(ends[0])} => {formatting.count(ends[-1])}",
        high=formatting.count(high),
        low=formatting.count(low),
        line=" ".join(f"{points[n].at},{points[n].height}" for n in _drawn(known)),
        points=tuple(points.values()) if len(points) <= _MOST_POINTS else (),
        values=tuple(point for point in points.values() if point.value),
        allowed="" if allowed is None else height(allowed),
        budget="" if allowed is None else formatting.count(allowed),
        numbers=tuple(
            (note, points[n].height) for n, note in notes.items() if note.number and n in points
        ),
    )


def _drawn(known: Mapping[int, int]) -> list[int]:
    """Choose what the line goes through: of many builds, the extremes of each stretch."""
    order = sorted(known)
    length = max(1, 2 * len(order) // _MOST_CORNERS)
    if length == 1:
        return order
    chosen = {order[0], order[-1]}
    for start in range(0, len(order), length):
        stretch = order[start : start + length]
        chosen |= {min(stretch, key=known.__getitem__), max(stretch, key=known.__getitem__)}
    return sorted(chosen)


def _values(
    known: Mapping[int, int], spots: Mapping[int, tuple[float, float]], noted: Iterable[int]
) -> dict[int, str]:
    """Choose the points with their values beside them, and the side of each as the style has it.

    The ends and the extremes come first, then where the line turns, if there is room; a value
    covers neither another one nor the number of a note. `spots` are the places in the field.
    """
    order = sorted(known)
    extremes = max(order, key=known.__getitem__), min(order, key=known.__getitem__)
    covered = [
        (spots[n][0] - 40, spots[n][0] + 40, spots[n][1] - 8, spots[n][1] + 8) for n in noted
    ]
    beside = {
        n: (known[order[max(at - 1, 0)]], known[order[min(at + 1, len(order) - 1)]])
        for at, n in enumerate(order)
    }
    turns = [n for n in order if (known[n] - beside[n][0]) * (known[n] - beside[n][1]) > 0]
    sides: dict[int, str] = {}
    for n in dict.fromkeys((order[-1], order[0], *extremes, *turns)):
        across, down = spots[n]
        is_high = 2 * known[n] >= sum(beside[n])
        left, edge = _left(across)
        for side in ("above", "below") if is_high else ("below", "above"):
            top = down - 20 if side == "above" else down + 8
            box = left, left + _VALUE_WIDTH, top, top + 12
            if not any(_overlap(box, other) for other in covered):
                covered.append(box)
                sides[n] = f"{side} {edge}".strip()
                break
    return sides


def _left(across: float) -> tuple[float, str]:
    """Where a value begins, within the field, and by which edge it is held."""
    if across < _VALUE_WIDTH / 2:
        return across, "start"
    if across > 1000 - _VALUE_WIDTH / 2:
        return across - _VALUE_WIDTH, "end"
    return across - _VALUE_WIDTH / 2, ""


def _overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[1] and other[0] < one[1] and one[2] < other[3] and other[2] < one[3]

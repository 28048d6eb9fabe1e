"""What a search for a recipe tried, as points of bytes against fuel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from wasmtrim import process
from wasmtrim.escaping import printable
from wasmtrim.records import CandidateRow, TuningRecord
from wasmtrim.report import formatting
from wasmtrim.wording import plural

_MOST_OTHERS: Final = 500  # candidates drawn beside the best ones: the smallest
_LEAST: Final = 0.02  # of a figure: what an axis shows on either side of the best ones
_APART: Final = 6  # of 100: numbers that do not overlap


@dataclass(frozen=True)
class Point:
    """A candidate in a field of 100 by 100; `number` is "" where it is none of the best."""

    x: float
    y: float
    number: str
    text: str


@dataclass(frozen=True)
class Row:
    """One of the best candidates. `chosen` is the one that the search gave."""

    number: str
    size: str
    fuel: str
    recipe: str
    chosen: bool


@dataclass(frozen=True)
class Pareto:
    """The picture and the table. `across` and `up` are the ends of the axes, the low one first.

    `line` is what SVG's polyline takes: the steps of the best candidates. `best` and `others` are
    drawn; `outside` counts those that lie beyond the axes.
    """

    metric: str
    date: str
    summary: str
    across: tuple[str, str]
    up: tuple[str, str]
    line: str
    best: tuple[Point, ...]
    others: tuple[Point, ...]
    outside: int
    rows: tuple[Row, ...]


def pareto(record: TuningRecord) -> Pareto | None:
    """Draw a search; None where no fuel was measured."""
    measured = [row for row in record.candidates if not row.why and row.size is not None]
    front = sorted((row for row in measured if row.pareto), key=_place)
    if not front or any(row.fuel is None for row in measured):
        return None
    across, up = (_axis([_place(row)[axis] for row in front]) for axis in (0, 1))
    others = sorted((row for row in measured if not row.pareto), key=_place)
    inside = [row for row in others if _within(row, across, up)][:_MOST_OTHERS]
    rows = tuple(
        Row(
            str(number),
            formatting.count(row.size or 0),
            formatting.count(row.fuel or 0),
            printable(process.shown(row.options)) or "(the module as it is)",
            row.options == record.options,
        )
        for number, row in enumerate(front, 1)
    )
    points = [_point(row, across, up, told.number) for row, told in zip(front, rows, strict=True)]
    return Pareto(
        metric=_unit(record),
        date=record.date,
        summary=f"{plural(record.tried, 'candidate')}, {len(measured):,} of which did in"
        f" the smoke run what the module does; no other beats these {len(front):,} in both",
        across=_ends(across),
        up=_ends(up),
        line=_steps(points),
        best=tuple(_with_numbers_apart(points)),
        others=tuple(_point(row, across, up, "") for row in inside),
        outside=len(others) - len(inside),
        rows=rows,
    )


def _unit(record: TuningRecord) -> str:
    return "bytes" if record.metric == "raw" else f"bytes by {record.metric}"


def _place(row: CandidateRow) -> tuple[int, int]:
    return row.size or 0, row.fuel or 0


def _axis(values: Sequence[int]) -> tuple[int, int]:
    """From a little below the best ones to as far above them as they lie apart."""
    low, high = min(values), max(values)
    margin = max(round(_LEAST * low), 1)
    return max(low - margin, 0), high + max(high - low, margin)


def _within(row: CandidateRow, across: tuple[int, int], up: tuple[int, int]) -> bool:
    size, fuel = _place(row)
    return across[0] <= size <= across[1] and up[0] <= fuel <= up[1]


def _point(row: CandidateRow, across: tuple[int, int], up: tuple[int, int], number: str) -> Point:
    size, fuel = _place(row)
    x = 100 * (size - across[0]) / (across[1] - across[0])
    y = 100 - 100 * (fuel - up[0]) / (up[1] - up[0])
    recipe = formatting.shortened(printable(process.shown(row.options)), 200)
    told = f"{formatting.count(size)} bytes, {formatting.count(fuel)} fuel: {recipe}"
    return Point(round(x, 2), round(y, 2), number, told)


def _steps(points: Sequence[Point]) -> str:
    """The border of what was reached: from each of the best to the next one's bytes, then down."""
    corners = [(100.0 if n == len(points) else points[n].x, p.y) for n, p in enumerate(points, 1)]
    places = [(points[0].x, 0.0)]
    for point, corner in zip(points, corners, strict=True):
        places += [(point.x, point.y), corner]
    return " ".join(f"{x:g},{y:g}" for x, y in places)


def _with_numbers_apart(points: Sequence[Point]) -> list[Point]:
    """Leave out a number that would lie on the one before it; the table has all."""
    shown: list[Point] = []
    last = None
    for point in points:
        if last and max(point.x - last.x, point.y - last.y) < _APART:
            shown.append(Point(point.x, point.y, "", point.text))
            continue
        shown.append(point)
        last = point
    return shown


def _ends(axis: tuple[int, int]) -> tuple[str, str]:
    return formatting.count(axis[0]), formatting.count(axis[1])

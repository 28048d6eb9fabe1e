"""A profile's earlier builds as a line, with the builds that have a note."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from wasmtrim.records import Entry
from wasmtrim.report import formatting

_MOST_ENTRIES: Final = 50  # rows; the line has all
_MOST_POINTS: Final = 100  # that can be told apart


@dataclass(frozen=True)
class Row:
    """An entry, and its difference in bytes to the one before."""

    entry: Entry
    delta: str


@dataclass(frozen=True)
class Point:
    """A build on the line: where it is in the field, and what it weighs."""

    at: str
    height: str
    text: str


@dataclass(frozen=True)
class Note:
    """A build that has a note: `at` is its place on the line."""

    at: str
    text: str


@dataclass(frozen=True)
class Timeline:
    """`raw` is the bytes as a line, in a field of 1000 by 100; `points` are there if they are few.

    `high` and `low` are its largest and smallest bytes, `first` and `last` its dates.
    """

    high: str
    low: str
    first: str
    last: str
    raw: str
    points: tuple[Point, ...]
    notes: tuple[Note, ...]
    summary: str
    rows: tuple[Row, ...]


def timeline(entries: Sequence[Entry]) -> Timeline | None:
    """Draw the builds, oldest first; None where there are too few to compare."""
    if len(entries) < 2:
        return None
    first, last = entries[0], entries[-1]
    deltas = [
        "",
        *(formatting.signed(b.raw - a.raw) for a, b in pairwise(entries)),
    ]
    listed = [Row(entry, delta) for entry, delta in zip(entries, deltas, strict=True)]
    points = tuple(_points(entries))
    return Timeline(
        high=formatting.count(max(entry.raw for entry in entries)),
        low=formatting.count(min(entry.raw for entry in entries)),
        first=first.date[:10],
        last=last.date[:10],
        raw=" ".join(f"{point.at},{point.height}" for point in points),
        points=points if len(points) <= _MOST_POINTS else (),
        notes=tuple(
            Note(f"{1000 * n / (len(entries) - 1):.1f}", f"{entry.date[:10]}: {entry.note}")
            for n, entry in enumerate(entries)
            if entry.note
        ),
        summary=f"{formatting.plural(len(entries), 'build')}"
        f" from {first.date[:10]} to {last.date[:10]},"
        f" {formatting.count(first.raw)} => {formatting.count(last.raw)} bytes",
        rows=tuple(reversed(listed[-_MOST_ENTRIES:])),
    )


def _points(entries: Sequence[Entry]) -> Iterator[Point]:
    low, high = min(entry.raw for entry in entries), max(entry.raw for entry in entries)
    step = 1000 / (len(entries) - 1)
    for n, entry in enumerate(entries):
        height = 96 - 92 * (entry.raw - low) / (high - low or 1)
        told = (
            f"{entry.date[:10]}, {entry.built_of}: {formatting.count(entry.raw)} bytes,"
            f" gzip {formatting.count(entry.gzip)}, brotli {formatting.count(entry.brotli)}"
        )
        yield Point(f"{n * step:.1f}", f"{height:.1f}", told)

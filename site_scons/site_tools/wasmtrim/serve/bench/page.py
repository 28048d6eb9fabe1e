"""A bench as a page or a picture: latency by percentile, throughput against offered load."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wasmtrim.report import web
from wasmtrim.serve.bench.summary import Summary

if TYPE_CHECKING:
    from markupsafe import Markup

WIDTH: Final = 640
HEIGHT: Final = 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 120, 20, 40
_COLOURS: Final = 6  # in chart.css
_NAMES_APART: Final = 14.0
_FOLDER: Final = Path(__file__).parent


@dataclass(frozen=True)
class Line:
    """A target in a chart: `points` is what SVG's polyline takes, `end` where its name stands.

    `colour` is the number of one in chart.css.
    """

    name: str
    colour: int
    points: str
    end: tuple[float, float]


@dataclass(frozen=True)
class Chart:
    """Lines between two axes, with a tick (place, text) for each value that is named."""

    title: str
    across: str
    up: str
    lines: tuple[Line, ...]
    x_ticks: tuple[tuple[float, str], ...]
    y_ticks: tuple[tuple[float, str], ...]


def text(summary: Summary) -> str:
    """Return the page."""
    return _rendered(
        "page.html.j2", summary, web.style(_FOLDER / "chart.css", _FOLDER / "page.css")
    )


def picture(summary: Summary) -> str:
    """Return the charts alone, side by side, as SVG."""
    return _rendered("picture.svg.j2", summary, web.style(_FOLDER / "chart.css"))


def _rendered(template: str, summary: Summary, css: Markup) -> str:
    return (
        web.templates(_FOLDER)
        .get_template(template)
        .render(
            summary=summary,
            css=css,
            charts=[chart for chart in (_latency(summary), _throughput(summary)) if chart],
            width=WIDTH,
            height=HEIGHT,
            left=_LEFT,
            bottom=HEIGHT - _BOTTOM,
            right=WIDTH - _RIGHT,
            top=_TOP,
        )
    )


def _latency(summary: Summary) -> Chart | None:
    """By percentile, the last ones spread out: an axis of nines."""
    shares = [share for share in summary.rows[0].percentiles if share < 100]
    across = {share: _nines(share) for share in shares}
    lines = {
        row.name: [(across[s], math.log10(max(row.percentiles[s], 1e-3))) for s in shares]
        for row in summary.rows
    }
    highest = max(y for line in lines.values() for _, y in line)
    lowest = min(y for line in lines.values() for _, y in line)
    ups = {float(p): f"{10**p:g}" for p in range(math.floor(lowest), math.ceil(highest) + 1)}
    names = {x: f"{share:g} %" for share, x in across.items()}
    return _chart("Latency by percentile", "of all requests", "ms", lines, names, ups)


def _nines(share: float) -> float:
    return -math.log10(1 - share / 100)


def _throughput(summary: Summary) -> Chart | None:
    """What was answered of what was offered."""
    lines: dict[str, list[tuple[float, float]]] = {}
    for point in summary.open:
        lines.setdefault(point.name, [(0.0, 0.0)]).append((point.offered, point.rate))
    if not lines:
        return None
    most = max(max(x, y) for line in lines.values() for x, y in line)
    ticks = {value: f"{value:g}" for value in _steps(most)}
    title, across = "Throughput against offered load", "offered requests/s"
    return _chart(title, across, "answered requests/s", lines, ticks, ticks)


def _steps(most: float) -> list[float]:
    step = 10.0 ** math.floor(math.log10(most))
    step = step / 5 if most / step < 2 else step / 2 if most / step < 5 else step
    return [number * step for number in range(math.ceil(most / step) + 1)]


def _chart(
    title: str,
    across: str,
    up: str,
    lines: Mapping[str, Sequence[tuple[float, float]]],
    x_names: Mapping[float, str],
    y_names: Mapping[float, str],
) -> Chart:
    def place(value: float, names: Mapping[float, str], start: float, end: float) -> float:
        low, high = min(names), max(names)
        return round(start + (end - start) * (value - low) / ((high - low) or 1), 1)

    def x(value: float) -> float:
        return place(value, x_names, _LEFT, WIDTH - _RIGHT)

    def y(value: float) -> float:
        return place(value, y_names, HEIGHT - _BOTTOM, _TOP)

    drawn = []
    for number, (name, points) in enumerate(lines.items()):
        places = [(x(across_), y(up_)) for across_, up_ in points]
        joined = " ".join(f"{a},{b}" for a, b in places)
        drawn.append(Line(name, number % _COLOURS, joined, places[-1]))
    return Chart(
        title,
        across,
        up,
        tuple(_with_names_apart(drawn)),
        tuple((x(value), name) for value, name in x_names.items()),
        tuple((y(value), name) for value, name in y_names.items()),
    )


def _with_names_apart(lines: Sequence[Line]) -> list[Line]:
    """Move names down that would stand on the one above."""
    moved: dict[str, Line] = {}
    lowest = -math.inf
    for line in sorted(lines, key=lambda line: line.end[1]):
        lowest = max(line.end[1], lowest + _NAMES_APART)
        moved[line.name] = replace(line, end=(line.end[0], lowest))
    return [moved[line.name] for line in lines]

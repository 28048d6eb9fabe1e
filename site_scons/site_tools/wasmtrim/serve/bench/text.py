"""A bench in the terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from wasmtrim.report import tables
from wasmtrim.serve.bench.measure import Estimate
from wasmtrim.serve.bench.summary import Summary

if TYPE_CHECKING:
    from rich.table import Table

_UNBOUNDED: Final = 200  # columns: no figure is cut, however large


def text(summary: Summary) -> str:
    """Return the tables as text."""
    return tables.text(_parts(summary), _UNBOUNDED)


def _parts(summary: Summary) -> Iterator[str | Table]:
    what = (
        f"{summary.what}: {summary.body:,} bytes a request, {summary.repeats} x"
        f" {summary.seconds:g} s; {summary.machine}; {summary.cpus}"
    )
    yield textwrap.fill(what, tables.WIDTH, subsequent_indent="  ") + "\n"
    yield _closed(summary)
    yield _latencies(summary)
    yield _alone(summary)
    if summary.open:
        yield _open(summary)


def _table(title: str, *columns: str) -> Table:
    """The first column has names, all others figures."""
    table = tables.titled(title)
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number else "left", no_wrap=True)
    return table


def _closed(summary: Summary) -> Table:
    table = _table(
        "Closed loop (ms; CPU: of the server, for a request)",
        *("", "clients", "requests/s", "CPU", "mean", "not answered"),
    )
    for row in summary.rows:
        cpu = _within(row.cpu, 2) if row.cpu else "-"
        cells = (str(row.clients), _within(row.rate), cpu, _within(row.mean), row.refused)
        table.add_row(row.name, *cells)
    return table


def _latencies(summary: Summary) -> Table:
    columns = ("", "clients", "p50", "p95", "p99", "max")
    table = _table("Latency in the closed loop (ms)", *columns)
    for row in summary.rows:
        shares = (f"{row.percentiles[share]:,.1f}" for share in (50.0, 95.0, 99.0, 100.0))
        table.add_row(row.name, str(row.clients), *shares)
    return table


def _alone(summary: Summary) -> Table:
    columns = ("", "latency", "instance", "render", "HTTP, Python")
    table = _table("One client (ms a request)", *columns)
    for row in summary.alone:
        parts = (row.instance, row.render, row.rest)
        cells = ("-" if part is None else f"{part:.3f}" for part in parts)
        table.add_row(row.name, _within(row.mean, 3), *cells)
    for mode, mean in summary.bare.items():
        table.add_row(f"{mode}, without a server", f"{mean:.3f}", "", "", "")
    return table


def _open(summary: Summary) -> Table:
    columns = ("", "offered/s", "answered/s", "p50", "p95", "not answered")
    table = _table("Open loop (ms from when a request was due)", *columns)
    for point in summary.open:
        figures = (point.offered, point.rate, point.p50, point.p95)
        table.add_row(point.name, *(f"{value:,.1f}" for value in figures), point.refused)
    return table


def _within(estimate: Estimate, digits: int = 1) -> str:
    return f"{estimate.mean:,.{digits}f} ±{estimate.band:,.{digits}f}"

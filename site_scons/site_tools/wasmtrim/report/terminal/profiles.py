"""A release: each profile with its stages, what changed, and its verdict."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, TextIO

from wasmtrim.escaping import printable
from wasmtrim.records import Release
from wasmtrim.regression.result import RegressionResult
from wasmtrim.report import formatting, tables
from wasmtrim.report.model import ProfileReport, Report, Verdict
from wasmtrim.report.stages import Row, leading, rows
from wasmtrim.report.stages import columns as columns_of
from wasmtrim.report.terminal.console import UNBOUNDED, console_of, encodable, line, style_of

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

_STYLES: Final = {Verdict.PASSED: "green", Verdict.FAILED: "red", Verdict.NOT_BUILT: "red"}
_LEAST_NEEDED_FIRST: Final = ("seconds", "brotli", "fuel", "%", "gzip")


def show(report: Report, file: TextIO) -> str:
    """Print the report to `file`: in colour and wrapped on a terminal, plain elsewhere.

    Returns what it printed.
    """
    console = console_of(file)
    with console.capture() as shown:
        _show(report, console)
    file.write(shown.get())
    file.flush()
    return shown.get()


def text(report: Report, *, width: int | None = None) -> str:
    """Return the report as plain text, wrapped at `width` columns; None wraps nothing."""
    file = io.StringIO()
    _show(report, console_of(file, width=width or UNBOUNDED, force_terminal=False))
    return file.getvalue()


def _show(report: Report, console: Console) -> None:
    for profile in report.profiles:
        _show_profile(profile, report.own_remarks(profile), console)
    for remark, names in report.shared.items():
        line(console, f"note for {formatting.about(names, report)}: {remark}", "yellow")
    if len(report.profiles) > 1:
        line(console, formatting.summary(report), "bold green" if report.ok else "bold red")


def _show_profile(profile: ProfileReport, remarks: Sequence[str], console: Console) -> None:
    from rich.text import Text

    heading = Text(printable(profile.name), "bold")
    if profile.release:
        style = "yellow" if profile.release.is_fallback else "dim"
        heading.append(f"  {formatting.compiler(profile)}", style)
    console.print(encodable(heading, console))
    if profile.release:
        console.print(_stages(profile.release, console))
    if profile.tuning:
        from wasmtrim.tune import told

        for each in told.front(profile.tuning):
            console.print(encodable(Text(f"  {printable(each)}", "dim"), console), soft_wrap=True)
    for remark in remarks:
        line(console, f"note: {printable(remark)}", "yellow", indent=2)
    if profile.regression:
        _show_changes(profile.regression, console)
    for check in profile.failures:
        detail = printable(check.detail)
        line(console, f"{printable(check.name)}: {detail}", "red", indent=2)
    verdict = f"{profile.verdict.value}: {formatting.verdict(profile)}"
    line(console, verdict, _STYLES[profile.verdict], indent=2)
    console.print()


def _show_changes(judged: RegressionResult, console: Console) -> None:
    if judged.comparison is None and not judged.findings:
        return  # no base, and nobody asked for one
    line(console, f"base: {printable(judged.base)}", "dim", indent=2)
    changes = judged.comparison
    if changes is None:
        return
    for difference in changes.tool_changes:
        line(console, f"tool change: {printable(difference)}", "yellow", indent=2)
    told = formatting.changed(changes)
    if changes.packages and not changes.identical:
        told += f"; {formatting.costs(changes, 3)}"
    line(console, f"changed: {told}", "", indent=2)


def _stages(release: Release, console: Console) -> Table:
    """Return the table of stages, less the columns that a narrow terminal has no room for."""
    found = rows(release)
    first = leading(release)
    columns = columns_of(release)
    if not any(row.fuel for row in found):
        del columns["fuel"]
    table = _table(columns, found, first, console)
    edgeless = console.options.update(max_width=UNBOUNDED)
    for column in _LEAST_NEEDED_FIRST:
        if console.measure(table, options=edgeless).maximum <= console.width:
            break
        if column in columns and column != first:
            del columns[column]
            table = _table(columns, found, first, console)
    return table


def _table(columns: Mapping[str, str], found: Sequence[Row], first: str, console: Console) -> Table:
    from rich.text import Text

    table = tables.bare()
    table.add_column("  stage")
    for column in columns:
        style = "bold" if column == first else ""
        table.add_column(column, justify="right", no_wrap=True, style=style)
    for row in found:
        style = style_of(row.delta)
        cells = (
            encodable(
                Text(getattr(row, field), style if field in ("delta", "per_cent") else ""), console
            )
            for field in columns.values()
        )
        table.add_row(Text(f"  {row.name}"), *cells)
    return table

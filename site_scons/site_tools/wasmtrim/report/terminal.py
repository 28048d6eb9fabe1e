"""The report on a terminal, or in a log: compact, in colour only where it is a terminal."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TextIO

from wasmtrim.escaping import printable
from wasmtrim.records import Change, Comparison, Entry, Release
from wasmtrim.records.regression import Cause
from wasmtrim.regression import causes
from wasmtrim.regression.result import RegressionResult
from wasmtrim.report import LARGEST, formatting, tables
from wasmtrim.report.model import ProfileReport, Report, Verdict
from wasmtrim.report.name_cell import NameCell
from wasmtrim.report.stages import Row, leading, rows
from wasmtrim.report.stages import columns as columns_of
from wasmtrim.wording import plural

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

_STYLES: Final = {Verdict.PASSED: "green", Verdict.FAILED: "red", Verdict.NOT_BUILT: "red"}
_LEAST_NEEDED_FIRST: Final = ("seconds", "brotli", "fuel", "%", "gzip")
_WORDS: Final = {"held": "green", "over": "red"}
_UNBOUNDED: Final = 10_000  # columns: a log has no edge to wrap at


def show(report: Report, file: TextIO) -> str:
    """Print the report to `file`: in colour and wrapped on a terminal, plain elsewhere.

    Returns what it printed.
    """
    console = _console(file)
    with console.capture() as shown:
        _show(report, console)
    file.write(shown.get())
    file.flush()
    return shown.get()


def text(report: Report, *, width: int | None = None) -> str:
    """Return the report as plain text, wrapped at `width` columns; None wraps nothing."""
    file = io.StringIO()
    _show(report, _console(file, width=width or _UNBOUNDED, force_terminal=False))
    return file.getvalue()


def show_result(judged: RegressionResult, file: TextIO, top: int = LARGEST) -> None:
    """Print one comparison alone to `file`, and of each kind of change the `top` largest."""
    console = _console(file)
    _show_result(judged, console, top)


def of_result(judged: RegressionResult, top: int = LARGEST) -> str:
    """Return one comparison alone as plain text."""
    file = io.StringIO()
    _show_result(judged, _console(file, width=_UNBOUNDED, force_terminal=False), top)
    return file.getvalue()


def _show_result(judged: RegressionResult, console: Console, top: int) -> None:
    changes = judged.comparison
    if changes:
        _line(console, f"{changes.old} => {changes.new}", "bold")
        for difference in changes.tool_changes:
            _line(console, f"tool change: {difference}", "yellow", indent=2)
    if changes and not changes.identical:
        _print_table(console, _changes("figure", tuple(changes.metrics.values()), with_share=True))
        _show_names(console, changes, top)
        if changes.causes and top:
            _print_table(console, _causes(causes.cut(changes.causes, top)))
        for what, found in (
            ("package", changes.packages),
            ("function", changes.functions),
            ("section", changes.sections),
        ):
            if found and top:
                _print_table(console, _changes(what, found[:top]))
            if any(change.approximate for change in found[:top]):
                _line(console, formatting.APPROXIMATE, "dim", indent=2)
            if len(found) > top:
                more = plural(len(found) - top, f"more {what}" if top else what)
                _line(console, f"and {more}", "dim", indent=2)
        if changes.rewritten:
            told = f"{plural(changes.rewritten, 'function')} of the same size, other bytes"
            _line(console, told, "dim", indent=2)
    _line(console, f"base: {judged.base}", "dim", indent=2)
    for finding in judged.findings:
        style = _WORDS.get(finding.word, "yellow")
        text = f"{finding.word}: {finding.name}: {finding.detail}"
        _line(console, text, style, indent=2)
    told = formatting.changed(changes) if changes else "no base to compare with"
    _line(console, told, "bold", indent=2)
    passed = any(finding.judged for finding in judged.findings)
    style = "bold red" if not judged.ok else "bold green" if passed else "bold"
    _line(console, formatting.outcome(judged), style, indent=2)


def _show_names(console: Console, changes: Comparison, top: int) -> None:
    for what, names in (("import", changes.imports), ("export", changes.exports)):
        for outcome, found in formatting.came_and_went(names):
            style = "" if outcome == "removed" else "yellow"
            for name in found[:top]:
                _line(console, f"{what} {outcome}: {name}", style, indent=2)
            if len(found) > top:
                _line(console, f"{what} {outcome}: {len(found) - top:,} more", "dim", indent=2)


def _causes(found: Sequence[Cause]) -> Table:
    """Why it grew: in the first column what brought the bytes, indented below it what came."""
    from rich.padding import Padding
    from rich.text import Text

    table = tables.bare()
    table.add_column("  why it grew", overflow="fold")
    table.add_column("bytes", justify="right", no_wrap=True)
    for cause in found:
        table.add_row(
            NameCell(printable(cause.what), "  "), Text(formatting.signed(cause.amount), "yellow")
        )
        if cause.below:
            below = Text(printable(cause.below), "dim")
            table.add_row(Padding(below, (0, 0, 0, 4), expand=False), "")
    return table


def _print_table(console: Console, table: Table) -> None:
    """Print a table as wide as the terminal; in a log, which has no edge, as one of 80 columns."""
    console.print(table, width=tables.WIDTH if console.width == _UNBOUNDED else None)


def _changes(what: str, found: Sequence[Change], *, with_share: bool = False) -> Table:
    from rich.text import Text

    table = tables.bare()
    table.add_column(f"  {what}", overflow="fold")
    for column in ("old", "new", "delta", "%" if with_share else ""):
        table.add_column(column, justify="right" if column else "left", no_wrap=True)
    for change in found:
        last = change.word
        if with_share:
            last = formatting.per_cent(change.new or 0, change.old or 0)
        was = f" (was {change.was})" if change.was else ""
        delta = formatting.signed(change.delta)
        table.add_row(
            NameCell(f"{printable(change.name + was)}{formatting.marked(change)}", "  "),
            "" if change.old is None else formatting.count(change.old),
            "" if change.new is None else formatting.count(change.new),
            Text(delta, {"-": "green", "+": "yellow"}.get(delta[:1], "")),
            last,
        )
    return table


def show_history(profile: str, entries: Sequence[Entry], file: TextIO) -> None:
    """Print the builds of one profile by one compiler, oldest first.

    Notes come below the table where it has no room for them.
    """
    console = _console(file)
    table = _history(entries, with_notes=True)
    edgeless = console.options.update(max_width=_UNBOUNDED)
    fits = console.measure(table, options=edgeless).maximum <= console.width
    _line(console, profile, "bold")
    console.print(table if fits else _history(entries, with_notes=False))
    for entry in entries if not fits else ():
        if entry.note:
            _line(console, f"{entry.date[:10]}  {entry.note}", "dim", indent=2)


def _history(entries: Sequence[Entry], *, with_notes: bool) -> Table:
    from rich.text import Text

    table = tables.bare()
    for heading in ("  date", "commit", "compiler"):
        table.add_column(heading, no_wrap=True)
    for heading in ("bytes", "delta", "gzip", "brotli"):
        table.add_column(heading, justify="right", no_wrap=True)
    if with_notes:
        table.add_column("note")
    before: Entry | None = None
    for entry in entries:
        delta = formatting.signed(entry.raw - before.raw) if before else ""
        table.add_row(
            f"  {entry.date[:10]}",
            Text(printable(entry.built_of)),
            Text(printable(entry.compiler)),
            formatting.count(entry.raw),
            Text(delta, {"-": "green", "+": "yellow"}.get(delta[:1], "")),
            formatting.count(entry.gzip),
            formatting.count(entry.brotli),
            *([Text(printable(entry.note))] if with_notes else []),
        )
        before = entry
    return table


def _console(file: TextIO, **settings: Any) -> Console:
    """A console that wraps at the edge of a terminal, and nowhere in a log."""
    from rich.console import Console

    class Strict(Console):
        def on_broken_pipe(self) -> None:
            """Leave it to the command what it means that nobody reads on: rich ends with 1."""
            raise BrokenPipeError

    console = Strict(file=file, highlight=False, markup=False, emoji=False, **settings)
    if not console.is_terminal and "width" not in settings:
        console.width = _UNBOUNDED
    return console


def _show(report: Report, console: Console) -> None:
    for profile in report.profiles:
        _show_profile(profile, report.own_remarks(profile), console)
    for remark, names in report.shared.items():
        _line(console, f"note for {formatting.about(names, report)}: {remark}", "yellow")
    if len(report.profiles) > 1:
        _line(console, formatting.summary(report), "bold green" if report.ok else "bold red")


def _show_profile(profile: ProfileReport, remarks: Sequence[str], console: Console) -> None:
    from rich.text import Text

    heading = Text(printable(profile.name), "bold")
    if profile.release:
        fallback = profile.release.compiler is not None and profile.release.compiler.fallback
        heading.append(f"  {formatting.compiler(profile)}", "yellow" if fallback else "dim")
    console.print(_encodable(heading, console))
    if profile.release:
        console.print(_stages(profile.release, console))
    if profile.tuning:
        from wasmtrim.tune import told

        for line in told.front(profile.tuning):
            console.print(_encodable(Text(f"  {printable(line)}", "dim"), console), soft_wrap=True)
    for remark in remarks:
        _line(console, f"note: {printable(remark)}", "yellow", indent=2)
    if profile.regression:
        _show_changes(profile.regression, console)
    for check in profile.failures:
        detail = printable(check.detail)
        _line(console, f"{printable(check.name)}: {detail}", "red", indent=2)
    verdict = f"{profile.verdict.value}: {formatting.verdict(profile)}"
    _line(console, verdict, _STYLES[profile.verdict], indent=2)
    console.print()


def _show_changes(judged: RegressionResult, console: Console) -> None:
    if judged.comparison is None and not judged.findings:
        return  # no base, and nobody asked for one
    _line(console, f"base: {printable(judged.base)}", "dim", indent=2)
    changes = judged.comparison
    if changes is None:
        return
    for difference in changes.tool_changes:
        _line(console, f"tool change: {printable(difference)}", "yellow", indent=2)
    told = formatting.changed(changes)
    if changes.packages and not changes.identical:
        told += f"; {formatting.costs(changes, 3)}"
    _line(console, f"changed: {told}", "", indent=2)


def _stages(release: Release, console: Console) -> Table:
    """Return the table of stages, less the columns that a narrow terminal has no room for."""
    found = rows(release)
    first = leading(release)
    columns = columns_of(release)
    if not any(row.fuel for row in found):
        del columns["fuel"]
    table = _table(columns, found, first, console)
    edgeless = console.options.update(max_width=_UNBOUNDED)
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
        style = {"-": "green", "+": "yellow"}.get(row.delta[:1], "")
        cells = (
            _encodable(
                Text(getattr(row, field), style if field in ("delta", "per_cent") else ""), console
            )
            for field in columns.values()
        )
        table.add_row(Text(f"  {row.name}"), *cells)
    return table


def _line(console: Console, text: str, style: str, *, indent: int = 0) -> None:
    from rich.text import Text

    margin = " " * indent
    lines = textwrap.wrap(
        printable(text).replace(" %", "\N{NO-BREAK SPACE}%"),
        console.width,
        initial_indent=margin,
        subsequent_indent=margin,
        break_long_words=False,
        break_on_hyphens=False,
    )
    wrapped = "\n".join(lines).replace("\N{NO-BREAK SPACE}%", " %")
    console.print(_encodable(Text(wrapped, style), console), soft_wrap=True)


def _encodable(text: Text, console: Console) -> Text:
    """Spell out what the file's encoding can't write, rather than to fail on it."""
    text.plain = text.plain.encode(console.encoding, "backslashreplace").decode(console.encoding)
    return text

"""One comparison: what changed, why it grew, and whether the budgets allow it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, TextIO

from wasmtrim.escaping import printable
from wasmtrim.records import Change, Comparison
from wasmtrim.records.regression import Cause
from wasmtrim.regression import causes
from wasmtrim.regression.result import RegressionResult
from wasmtrim.report import LARGEST, formatting, tables
from wasmtrim.report.name_cell import NameCell
from wasmtrim.report.terminal.console import UNBOUNDED, console_of, line, print_table, style_of
from wasmtrim.wording import plural

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

_WORDS: Final = {"held": "green", "over": "red"}


def show_result(judged: RegressionResult, file: TextIO, top: int = LARGEST) -> None:
    """Print one comparison alone to `file`, and of each kind of change the `top` largest."""
    console = console_of(file)
    _show_result(judged, console, top)


def of_result(judged: RegressionResult, top: int = LARGEST) -> str:
    """Return one comparison alone as plain text."""
    file = io.StringIO()
    _show_result(judged, console_of(file, width=UNBOUNDED, force_terminal=False), top)
    return file.getvalue()


def _show_result(judged: RegressionResult, console: Console, top: int) -> None:
    changes = judged.comparison
    if changes:
        line(console, f"{changes.old} => {changes.new}", "bold")
        for difference in changes.tool_changes:
            line(console, f"tool change: {difference}", "yellow", indent=2)
    if changes and not changes.identical:
        print_table(console, _changes("figure", tuple(changes.metrics.values()), with_share=True))
        _show_names(console, changes, top)
        if changes.causes and top:
            print_table(console, _causes(causes.cut(changes.causes, top)))
        for what, found in (
            ("package", changes.packages),
            ("function", changes.functions),
            ("section", changes.sections),
        ):
            if found and top:
                print_table(console, _changes(what, found[:top]))
            if any(change.approximate for change in found[:top]):
                line(console, formatting.APPROXIMATE, "dim", indent=2)
            if len(found) > top:
                more = plural(len(found) - top, f"more {what}" if top else what)
                line(console, f"and {more}", "dim", indent=2)
        if changes.rewritten:
            told = f"{plural(changes.rewritten, 'function')} of the same size, other bytes"
            line(console, told, "dim", indent=2)
    line(console, f"base: {judged.base}", "dim", indent=2)
    for finding in judged.findings:
        style = _WORDS.get(finding.word, "yellow")
        text = f"{finding.word}: {finding.name}: {finding.detail}"
        line(console, text, style, indent=2)
    told = formatting.changed(changes) if changes else "no base to compare with"
    line(console, told, "bold", indent=2)
    passed = any(finding.judged for finding in judged.findings)
    style = "bold red" if not judged.ok else "bold green" if passed else "bold"
    line(console, formatting.outcome(judged), style, indent=2)


def _show_names(console: Console, changes: Comparison, top: int) -> None:
    for what, names in (("import", changes.imports), ("export", changes.exports)):
        for outcome, found in formatting.came_and_went(names):
            style = "" if outcome == "removed" else "yellow"
            for name in found[:top]:
                line(console, f"{what} {outcome}: {name}", style, indent=2)
            if len(found) > top:
                line(console, f"{what} {outcome}: {len(found) - top:,} more", "dim", indent=2)


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
            Text(delta, style_of(delta)),
            last,
        )
    return table

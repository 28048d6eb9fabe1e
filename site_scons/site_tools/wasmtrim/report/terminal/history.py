"""The builds of one profile, oldest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TextIO

from wasmtrim.escaping import printable
from wasmtrim.records import Entry
from wasmtrim.report import formatting, tables
from wasmtrim.report.terminal.console import UNBOUNDED, console_of, line, style_of

if TYPE_CHECKING:
    from rich.table import Table


def show_history(profile: str, entries: Sequence[Entry], file: TextIO) -> None:
    """Print the builds of one profile by one compiler, oldest first.

    Notes come below the table where it has no room for them.
    """
    console = console_of(file)
    table = _history(entries, with_notes=True)
    edgeless = console.options.update(max_width=UNBOUNDED)
    fits = console.measure(table, options=edgeless).maximum <= console.width
    line(console, profile, "bold")
    console.print(table if fits else _history(entries, with_notes=False))
    for entry in entries if not fits else ():
        if entry.note:
            line(console, f"{entry.date[:10]}  {entry.note}", "dim", indent=2)


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
            Text(delta, style_of(delta)),
            formatting.count(entry.gzip),
            formatting.count(entry.brotli),
            *([Text(printable(entry.note))] if with_notes else []),
        )
        before = entry
    return table

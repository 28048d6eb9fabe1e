"""The console that all tables and lines are printed to: a terminal, or a log."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any, Final, TextIO

from wasmtrim.escaping import printable
from wasmtrim.report import tables

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

UNBOUNDED: Final = 10_000  # columns: a log has no edge to wrap at


def console_of(file: TextIO, **settings: Any) -> Console:
    """A console that wraps at the edge of a terminal, and nowhere in a log."""
    from rich.console import Console

    class Strict(Console):
        def on_broken_pipe(self) -> None:
            """Leave it to the command what it means that nobody reads on: rich ends with 1."""
            raise BrokenPipeError

    console = Strict(file=file, highlight=False, markup=False, emoji=False, **settings)
    if not console.is_terminal and "width" not in settings:
        console.width = UNBOUNDED
    return console


def print_table(console: Console, table: Table) -> None:
    """Print a table as wide as the terminal; in a log, which has no edge, as one of 80 columns."""
    console.print(table, width=tables.WIDTH if console.width == UNBOUNDED else None)


def line(console: Console, text: str, style: str, *, indent: int = 0) -> None:
    """Print foreign text, wrapped between words; its further lines are indented alike."""
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
    console.print(encodable(Text(wrapped, style), console), soft_wrap=True)


def encodable(text: Text, console: Console) -> Text:
    """Spell out what the file's encoding can't write, rather than to fail on it."""
    text.plain = text.plain.encode(console.encoding, "backslashreplace").decode(console.encoding)
    return text


def style_of(delta: str) -> str:
    """Return the colour of a difference: what shrank is green, what grew yellow."""
    return {"-": "green", "+": "yellow"}.get(delta[:1], "")

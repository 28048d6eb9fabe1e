"""The tables of a terminal, by rich: what all of them have in common."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

WIDTH: Final = 80  # columns of a terminal that nobody told the width of


def bare() -> Table:
    """Return a table without lines."""
    from rich.table import Table

    return Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))


def titled(title: str, *, expand: bool = False) -> Table:
    """Return a table with a title, and a line below its headings; `expand`: as wide as there is."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    return Table(
        title=Text(title, "bold"),
        title_justify="left",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 1, 0, 0),
        expand=expand,
    )


def text(parts: Iterable[RenderableType], width: int = WIDTH, *, colour: bool = False) -> str:
    """Return texts and tables below one another; no line ends in spaces."""
    from rich.console import Console

    written = io.StringIO()
    console = Console(
        file=written,
        width=width,
        force_terminal=colour,
        no_color=not colour,
        highlight=False,
        markup=False,
        emoji=False,
    )
    for part in parts:
        console.print(part)
    return "\n".join(line.rstrip() for line in written.getvalue().splitlines()) + "\n"

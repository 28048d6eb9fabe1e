"""The parts of the manual that the code writes: tables, between marks in a Markdown file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

_MARK: Final = "<!-- {} {}: generated, see CONTRIBUTING.md -->\n"


def renewed(text: str, parts: Mapping[str, str]) -> str:
    """A manual's text with each part between its marks made again.

    Raises ValueError where a part has no marks.
    """
    for name, part in parts.items():
        before, begin, rest = text.partition(_MARK.format("begin", name))
        _, end, after = rest.partition(_MARK.format("end", name))
        if not end:
            raise ValueError(f"no marks for the part {name!r}")
        text = f"{before}{begin}\n{part}\n{end}{after}"
    return text


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; a | in a cell stays a character."""
    cells = [head, ["---"] * len(head), *([cell.replace("|", r"\|") for cell in r] for r in rows)]
    return "".join(f"| {' | '.join(row)} |\n" for row in cells)

"""A foreign name in a table: how it goes where the column is narrower than the name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wasmtrim.escaping import elided

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions
    from rich.measure import Measurement
    from rich.text import Text

_NARROWEST: Final = 24  # characters of a name, before its table is wider than the terminal
_HANGING: Final = "  "  # before the further lines of a name
_WORDS: Final = re.compile(r"(?<=[./:>, ])")


@dataclass(frozen=True)
class NameCell:
    """A printable name: on a terminal with its middle cut out, in a log whole, on several lines."""

    name: str
    indent: str = ""

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        from rich.measure import Measurement

        whole = len(self.indent) + len(self.name)
        return Measurement(min(whole, _NARROWEST), whole)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        from rich.text import Text

        room = options.max_width - len(self.indent)
        lines = [elided(self.name, room)] if console.is_terminal else _folded(self.name, room)
        for line in lines:
            yield Text(self.indent + line, no_wrap=True, overflow="ellipsis")


def _folded(name: str, room: int) -> list[str]:
    """Break a name between its words; a word longer than a line, where the line ends."""
    lines = [""]
    for word in _WORDS.split(name):
        rest = word
        if lines[-1].strip() and len(lines[-1]) + len(word.rstrip()) > room:
            lines.append(_HANGING)
        while len(lines[-1]) + len(rest.rstrip()) > room:
            fits = max(room - len(lines[-1]), 1)
            lines[-1] += rest[:fits]
            lines.append(_HANGING)
            rest = rest[fits:]
        lines[-1] += rest
    return [line.rstrip() for line in lines]

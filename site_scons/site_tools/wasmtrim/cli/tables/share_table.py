"""A table of what parts of a module take, the largest first, whose rows add up to its last one."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from wasmtrim.escaping import elided, printable

_Key = TypeVar("_Key")

NOISE = 1_000  # compressed bytes below which a share says little of what would be saved
ALIKE = "alike"  # what the functions are that a row sums
_NARROWEST = 20  # characters of a name
_GUESS = "  ?"
_ALIKE = f" {ALIKE})"


@dataclass(slots=True)
class Share:
    """What one row stands for, in bytes, and how many parts it sums. Where nothing was compressed,
    only `raw` counts."""

    raw: int = 0
    gzip: int = 0
    brotli: int = 0
    parts: int = 0

    def add(self, raw: int, gzip: int, brotli: int, parts: int = 1) -> None:
        self.raw += raw
        self.gzip += gzip
        self.brotli += brotli
        self.parts += parts


@dataclass(frozen=True, slots=True)
class Layout:
    """How the tables of one module look: `most` rows each (None: all), `size` bytes are the file,
    with the columns gzip and brotli if it was `compressed`."""

    most: int | None
    size: int
    compressed: bool

    def table(
        self,
        title: str,
        shares: Mapping[_Key, Share],
        *,
        name: Callable[[_Key], str] = str,
        noun: Callable[[_Key], str] = lambda _: "",
        data: Mapping[_Key, int] | None = None,
    ) -> None:
        """Print the largest rows, then the others in one, then the sum of all.

        `noun` tells what a row of several parts sums; `data`, what else is charged to a row.
        """
        columns = f"{'data':>10}  " if data else ""
        columns += f"{'gzip':>10}  {'brotli':>10}  " if self.compressed else ""
        print(f"\n{'bytes':>12}  {'of file':>7}  {columns}{title}")
        data = data or {}
        ordered = sorted(shares, key=lambda key: (-shares[key].raw, -data.get(key, 0)))
        shown = ordered if self.most is None else ordered[: self.most]
        for key in shown:
            share, what = shares[key], noun(key)
            end = f"  ({share.parts:,} {what})" if what and share.parts > 1 else ""
            self._row(share, name(key), data.get(key, 0) if data else None, end)
        rest, total = Share(), Share()
        for share in shares.values():
            total.add(share.raw, share.gzip, share.brotli)
        for key in ordered[len(shown) :]:
            rest.add(shares[key].raw, shares[key].gzip, shares[key].brotli)
        whole = sum(data.values()) if data else None
        if rest.parts:
            left = sum(data.get(key, 0) for key in ordered[len(shown) :]) if data else None
            self._row(rest, f"({rest.parts:,} more)", left)
        self._row(total, "in all", whole)

    def _row(self, share: Share, name: str, data: int | None, end: str = "") -> None:
        charged = "" if data is None else f"{data:>10,}  "
        packed = f"{_packed(share.gzip)}  {_packed(share.brotli)}  " if self.compressed else ""
        figures = f"{share.raw:>12,}  {100 * share.raw / self.size:>6.1f}%  {charged}{packed}"
        print(f"{figures}{_fitting(printable(name), end, len(figures))}")


def _packed(size: int) -> str:
    noise = "~" if 0 < size < NOISE else ""
    return f"{f'{noise}{size:,}':>10}"


def _fitting(text: str, end: str, before: int) -> str:
    """`text` and `end`, to fit the line of a terminal; whole where the output goes elsewhere.

    `text` is a name, and two spaces on what is told of it. What does not fit is left out: first
    `end`, a count, then what is told, the middle of the name last. How many functions are alike
    stays, and of a guess a mark.
    """
    if not sys.stdout.isatty():
        return f"{text}{end}"
    room = max(shutil.get_terminal_size().columns - before, _NARROWEST)
    name, gap, about = text.partition("  ")
    alike = end if end.endswith(_ALIKE) else ""
    mark = _GUESS if about.startswith("[") and "?]" in about else ""
    left = mark or (alike if room - len(alike) >= _NARROWEST else "")
    for line in (f"{text}{end}", f"{name}{alike or gap + about}"):
        if len(line) <= room:
            return line
    return f"{elided(name, room - len(left))}{left}"

"""How messages count and list what they tell of."""

from __future__ import annotations

from collections.abc import Sequence

from wasmtrim.escaping import printable


def plural(number: int, noun: str) -> str:
    """`1 check`, `12 checks`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def listed(texts: Sequence[str], most: int) -> str:
    """The first of some texts, `most` of them, and how many more there are."""
    more = len(texts) - most
    return ", ".join(map(printable, texts[:most])) + (f" and {more:,} more" if more > 0 else "")

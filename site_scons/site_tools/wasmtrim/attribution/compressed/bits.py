"""A stream of bits, read from the lowest of each byte on."""

from __future__ import annotations

import sys
from array import array

from wasmtrim.attribution.compressed.prefix import BITS_MASK, SYMBOL_SHIFT, Table

_WORD = 8  # bytes


class Bits:
    """`at` is the place of the next bit. ValueError where the data end too early.

    `words` has the 64 bits from each byte on, zeros behind the end: `words[at >> 3] >> (at & 7)`
    are the next bits, at least 57 of them.
    """

    __slots__ = ("at", "data", "end", "words")

    def __init__(self, data: bytes, start: int = 0) -> None:
        self.data = data
        self.at = 8 * start
        self.end = 8 * len(data)
        self.words = _words(data)

    def peek(self) -> int:
        """The next bits, at least 57 of them; zeros behind the end."""
        return self.words[self.at >> 3] >> (self.at & 7)

    def take(self, count: int) -> int:
        """The next `count` bits as a number; at most 57."""
        value = self.peek() & (1 << count) - 1
        self.skip(count)
        return value

    def skip(self, count: int) -> None:
        self.at += count
        if self.at > self.end:
            raise ValueError("the stream ends too early")

    def symbol(self, table: Table) -> int:
        entry = table[self.peek() & len(table) - 1]
        self.skip(entry & BITS_MASK)
        return entry >> SYMBOL_SHIFT

    def align(self) -> int:
        """Moves on to the next whole byte; returns its place."""
        self.at = self.at + 7 & ~7
        return self.at >> 3


def _words(data: bytes) -> array[int]:
    count = len(data) // _WORD + 1
    padded = data.ljust((count + 1) * _WORD, b"\0")
    words = array("Q", [0]) * (count * _WORD)
    for start in range(_WORD):
        each = array("Q", padded[start : start + count * _WORD])
        if sys.byteorder == "big":
            each.byteswap()
        words[start::_WORD] = each
    return words

"""A stream of bits, read from the lowest of each byte on."""

from __future__ import annotations

from wasmtrim.attribution.compressed.prefix import LENGTH_MASK, SYMBOL_SHIFT, Table


class Bits:
    """`at` is the place of the next bit. ValueError where the data end too early."""

    __slots__ = ("at", "data", "end")

    def __init__(self, data: bytes, start: int = 0) -> None:
        self.data = data
        self.at = 8 * start
        self.end = 8 * len(data)

    def peek(self) -> int:
        """The next bits, at least 57 of them; zeros behind the end."""
        byte = self.at >> 3
        return int.from_bytes(self.data[byte : byte + 8], "little") >> (self.at & 7)

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
        if entry < 0:
            raise ValueError("bits that are not a code")
        self.skip(entry & LENGTH_MASK)
        return entry >> SYMBOL_SHIFT

    def align(self) -> int:
        """Moves on to the next whole byte; returns its place."""
        self.at = self.at + 7 & ~7
        return self.at >> 3

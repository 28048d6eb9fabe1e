"""Canonical prefix codes, as deflate and brotli both use them (RFC 1951, 3.2.2; RFC 7932, 3.2)."""

from __future__ import annotations

from collections.abc import Sequence

MAX_BITS = 15
LENGTH_MASK = 15  # of an entry: the low bits are the code's length, the others its symbol
SYMBOL_SHIFT = 4

Table = list[int]


def table(lengths: Sequence[int], *, complete: bool = True) -> Table:
    """Looked up by the next bits of the stream, as many as the longest code has.

    `lengths` are the code lengths by symbol, 0 for symbols that have none. Its size is a power of
    two. Where no code begins with the bits, the entry is -1. ValueError for lengths that are no
    prefix code, or leave codes unused when it is to be `complete`.
    """
    longest = max(lengths, default=0)
    if longest > MAX_BITS:
        raise ValueError(f"a code of {longest} bits; at most {MAX_BITS} are allowed")
    counts = [0] * (longest + 1)
    for length in lengths:
        counts[length] += 1
    counts[0] = 0
    code, left = 0, 1
    first = [0] * (longest + 1)
    for length in range(1, longest + 1):
        code = (code + counts[length - 1]) << 1
        left = (left << 1) - counts[length]
        first[length] = code
        if left < 0:
            raise ValueError("more codes than bits can tell apart")
    if left > 0 and complete:
        raise ValueError("an incomplete prefix code")
    entries = [-1] * (1 << longest)
    for symbol, length in enumerate(lengths):
        if length:
            start = _reversed(first[length], length)
            first[length] += 1
            step = 1 << length
            entry = symbol << SYMBOL_SHIFT | length
            entries[start::step] = [entry] * ((1 << longest) >> length)
    return entries


def single(symbol: int) -> Table:
    """The code of an alphabet with one symbol, which takes no bits."""
    return [symbol << SYMBOL_SHIFT]


def _reversed(code: int, length: int) -> int:
    """Streams are read from the lowest bit, codes are written from the highest."""
    return int(f"{code:0{length}b}"[::-1], 2)

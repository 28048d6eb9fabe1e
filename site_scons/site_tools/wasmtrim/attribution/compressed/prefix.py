"""Canonical prefix codes, as deflate and brotli both use them (RFC 1951, 3.2.2; RFC 7932, 3.2)."""

from __future__ import annotations

from collections.abc import Sequence

MAX_BITS = 15
BITS_MASK = 63  # of an entry: the low bits say how many bits it takes, the others its symbol
SYMBOL_SHIFT = 6

Table = list[int]


def table(lengths: Sequence[int], further: Sequence[int] | None = None) -> Table:
    """Looked up by the next bits of the stream, as many as the longest code has.

    `lengths` are the code lengths by symbol, 0 for symbols that have none; `further` are the bits
    that follow each symbol's code. Its size is a power of two. ValueError for lengths that are no
    prefix code.
    """
    longest = max(lengths, default=0)
    if longest > MAX_BITS:
        raise ValueError(f"a code of {longest} bits; at most {MAX_BITS} are allowed")
    size = 1 << longest
    entries = [0] * size
    by_length: list[list[int]] = [[] for _ in range(longest + 1)]
    for symbol, length in enumerate(lengths):
        by_length[length].append(symbol)
    code = 0
    for length in range(1, longest + 1):
        step = 1 << length
        times = size >> length
        for symbol in by_length[length]:
            if code == step:
                raise ValueError("more codes than bits can tell apart")
            bits = length + further[symbol] if further else length
            entries[_reversed(code, length) :: step] = [symbol << SYMBOL_SHIFT | bits] * times
            code += 1
        code <<= 1
    return entries


def single(symbol: int, further: Sequence[int] | None = None) -> Table:
    """The code of an alphabet with one symbol, which takes no bits."""
    return [symbol << SYMBOL_SHIFT | (further[symbol] if further else 0)]


def _reversed(code: int, length: int) -> int:
    """Streams are read from the lowest bit, codes are written from the highest."""
    return int(f"{code:0{length}b}"[::-1], 2)

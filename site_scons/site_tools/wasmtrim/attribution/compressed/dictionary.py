"""Brotli's static dictionary: 122,784 bytes of frequent words (RFC 7932, section 8, appendix A).

Every brotli decoder carries it. Rather than to carry it once more, we write a brotli stream that
names each word in turn, let the library decode it, and check the RFC's CRC-32 of the result.
"""

from __future__ import annotations

import zlib
from functools import cache
from itertools import accumulate

SIZE, CRC32 = 122_784, 0x5136CB04
# Words of length n are numbered by SIZE_BITS[n] bits; there are none of length 0 to 3.
SIZE_BITS = (
    *(0, 0, 0, 0, 10, 10, 11, 11, 10, 10, 10, 10, 10),
    *(9, 9, 8, 7, 7, 8, 7, 7, 6, 6, 5, 5),
)
SHORTEST, LONGEST = 4, 24
_OFFSETS = list(
    accumulate((n << bits if bits else 0 for n, bits in enumerate(SIZE_BITS)), initial=0)
)

# Copy lengths' symbols with an explicit distance and nothing inserted: base, extra bits, symbol.
_COPIES = (
    *((4, 0, 130), (5, 0, 131), (6, 0, 132), (7, 0, 133), (8, 0, 134), (9, 0, 135)),
    *((10, 1, 192), (12, 1, 193), (14, 2, 194), (18, 2, 195), (22, 3, 196)),
)
_FIRST_SYMBOLS, _LAST_SYMBOLS = range(130, 136), range(192, 202)  # 16 symbols of 4 bits each


@cache
def words() -> bytes:
    """The words of length 4, in order, then those of length 5, and so on to 24."""
    import brotli

    references = []
    at = 0
    for length in range(SHORTEST, LONGEST + 1):
        for number in range(1 << SIZE_BITS[length]):
            references.append((length, at + 1 + number))
            at += length
    found: bytes = brotli.decompress(stream(references, SIZE))
    if zlib.crc32(found) != CRC32:
        raise ValueError("the brotli library holds another dictionary than RFC 7932's")
    return found


def word(length: int, number: int) -> bytes:
    """Word `number` of those of `length` bytes."""
    start = _OFFSETS[length] + number * length
    return words()[start : start + length]


def stream(references: list[tuple[int, int]], size: int) -> bytes:
    """A brotli stream of copies only, (length, distance) each, that makes `size` bytes."""
    bits = _Writer()
    bits.put(0b1111, 4)  # a window of 2^24
    bits.put(0b01, 2)  # the last meta-block, not empty
    nibbles = 4 if size <= 1 << 16 else 5
    bits.put(nibbles - 4, 2)
    bits.put(size - 1, 4 * nibbles)
    bits.put(0, 3)  # one block type each of literals, commands and distances
    bits.put(0, 6)  # no postfix bits, no direct distances
    bits.put(0, 2)  # context mode
    bits.put(0, 2)  # one tree each for literals and distances
    bits.put(0b0001, 4)  # literals: a simple code of one symbol,
    bits.put(0, 8)  # which is 0
    # Commands: all code lengths are 0 or 4, one bit each. The order begins 1, 2, 3, 4, 0.
    bits.put(0, 2)
    for length in (0, 0, 0, 1, 1):
        bits.put(*((0b0111, 4) if length else (0, 2)))
    for symbol in range(_LAST_SYMBOLS[-1] + 1):
        bits.put(int(symbol in _FIRST_SYMBOLS or symbol in _LAST_SYMBOLS), 1)
    # Distances: all 64 symbols have 6 bits, so their lengths take none. 6 is eighth in the order.
    bits.put(0, 2)
    for place in range(18):
        bits.put(*((0b0111, 4) if place == 7 else (0, 2)))
    for length, distance in references:
        _put_copy(bits, length)
        _put_distance(bits, distance)
    return bits.bytes()


def _put_copy(bits: _Writer, length: int) -> None:
    base, extra, symbol = next(copy for copy in reversed(_COPIES) if copy[0] <= length)
    place = symbol - 130 if symbol in _FIRST_SYMBOLS else symbol - 192 + len(_FIRST_SYMBOLS)
    bits.put_code(place, 4)
    bits.put(length - base, extra)


def _put_distance(bits: _Writer, distance: int) -> None:
    """RFC 7932, section 4, with neither postfix bits nor direct distances."""
    value = distance + 3
    count = value.bit_length() - 2
    bits.put_code(16 + 2 * (count - 1) + (value >> count & 1), 6)
    bits.put(value & (1 << count) - 1, count)


class _Writer:
    """Bits from the lowest of each byte on."""

    def __init__(self) -> None:
        self.parts: list[str] = []

    def put(self, value: int, count: int) -> None:
        if count:
            self.parts.append(f"{value:0{count}b}"[::-1])

    def put_code(self, code: int, count: int) -> None:
        """Prefix codes come from their highest bit on."""
        self.parts.append(f"{code:0{count}b}")

    def bytes(self) -> bytes:
        text = "".join(self.parts)
        return int(text[::-1], 2).to_bytes(len(text) + 7 >> 3, "little")

"""Brotli streams that refer to words of the static dictionary."""

from __future__ import annotations

# Copy lengths' symbols with an explicit distance and nothing inserted: base, extra bits, symbol.
_COPIES = (
    *((4, 0, 130), (5, 0, 131), (6, 0, 132), (7, 0, 133), (8, 0, 134), (9, 0, 135)),
    *((10, 1, 192), (12, 1, 193), (14, 2, 194), (18, 2, 195), (22, 3, 196)),
)
_FIRST_SYMBOLS, _LAST_SYMBOLS = range(130, 136), range(192, 202)  # 16 symbols of 4 bits each


def of(references: list[tuple[int, int]], size: int) -> bytes:
    """A stream of copies only, (length, distance) each, that makes `size` bytes."""
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

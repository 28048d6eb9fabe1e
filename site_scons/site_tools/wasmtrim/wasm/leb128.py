"""Integers as bytes: LEB128 (WebAssembly core specification 3.0, section 5.2.2)."""

from __future__ import annotations

from functools import lru_cache


def unsigned(value: int, width: int = 0) -> bytes:
    """In the shortest form, or in `width` bytes where that is more."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return widened(bytes(out), width)


def widened(number: bytes, width: int) -> bytes:
    """An unsigned number, padded with groups of zero bits to `width` bytes."""
    more = width - len(number)
    if more <= 0:
        return number
    return number[:-1] + bytes([number[-1] | 0x80]) + b"\x80" * (more - 1) + b"\0"


def signed(value: int) -> bytes:
    """In the shortest form."""
    out = bytearray()
    while not -0x40 <= value < 0x40:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value & 0x7F)
    return bytes(out)


@lru_cache(maxsize=1 << 14)  # the same few thousand stand all over a module
def number(leb: bytes) -> int:
    """Read an unsigned integer whose extent is known."""
    if len(leb) == 1:
        return leb[0]
    value = 0
    for byte in reversed(leb):
        value = value << 7 | byte & 0x7F
    return value


def unsigned_size(value: int) -> int:
    """The bytes of the shortest form."""
    return max(1, (value.bit_length() + 6) // 7)


def signed_size(value: int) -> int:
    """The bytes of the shortest form: one bit more than the number has, for its sign."""
    return ((value if value >= 0 else ~value).bit_length() + 7) // 7

"""How much a reference to brotli's static dictionary writes (RFC 7932, section 8, appendix B)."""

from __future__ import annotations

# Words of length n are numbered by SIZE_BITS[n] bits; there are none of length 0 to 3.
SIZE_BITS = (
    *(0, 0, 0, 0, 10, 10, 11, 11, 10, 10, 10, 10, 10),
    *(9, 9, 8, 7, 7, 8, 7, 7, 6, 6, 5, 5),
)
# By transform: the bytes of its prefix and suffix, and those that it cuts off the word.
_ADDED = (
    *(0, 1, 2, 0, 1, 5, 1, 3, 4, 0, 5, 0, 0, 3, 2, 2, 4, 4, 3, 1, 1, 2, 1, 0, 1, 5, 0, 0, 3, 6, 1),
    *(2, 1, 3, 0, 6, 1, 6, 4, 0, 0, 5, 0, 6, 0, 4, 4, 4, 0, 4, 2, 1, 3, 3, 0, 0, 0, 1, 2, 0, 4, 3),
    *(9, 0, 0, 3, 1, 2, 1, 2, 2, 2, 5, 13, 1, 7, 1, 2, 1, 1, 5, 3, 3, 2, 3, 1, 2, 1, 2, 2, 4, 3),
    *(4, 5, 1, 4, 2, 2, 3, 1, 4, 1, 2, 2, 2, 2, 4, 2, 2, 2, 3, 3, 1, 1, 2, 2, 2, 3, 3, 3, 3),
)
_CUT = dict(
    zip(
        (3, 11, 12, 23, 26, 27, 34, 39, 40, 42, 48, 49, 54, 55, 56, 59, 63, 64),
        (1, 2, 1, 3, 3, 2, 4, 5, 6, 4, 7, 1, 9, 7, 6, 8, 5, 9),
        strict=True,
    )
)


def written(length: int, number: int) -> int:
    """The bytes of a word of `length` after a transform; `number` tells which of each."""
    change = number >> SIZE_BITS[length]
    return max(0, length - _CUT.get(change, 0)) + _ADDED[change]

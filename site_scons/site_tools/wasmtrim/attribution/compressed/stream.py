"""What each byte of a decompressed file cost in its compressed form."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from wasmtrim.attribution.rounding import largest_remainder


@dataclass(eq=False, slots=True)
class Stream:
    """A decoded stream: `output`, and the bits that its tokens took.

    Token i wrote `output[starts[i]:starts[i + 1]]`. The tokens before it took `bits[i]` bits; the
    last of `bits` is what all tokens took. All other bits of the `size` compressed bytes (headers,
    tables, checksums, padding) wrote nothing: they are the overhead.
    """

    size: int
    output: bytes
    starts: array[int] = field(default_factory=lambda: array("I"))
    bits: array[int] = field(default_factory=lambda: array("Q", [0]))

    @property
    def paid(self) -> int:
        """The bits of all tokens."""
        return self.bits[-1]

    def check(self, place: int, end: int) -> None:
        """Raises ValueError unless all tokens end at `place`, and all their bytes at `end`."""
        if (place, end) != (len(self.output), self.size):
            raise ValueError("the tokens do not make up the whole file")

    def costs(self, bounds: Sequence[int]) -> list[float]:
        """Bits for `output[:at]`, for each `at` of `bounds`, which rise.

        A token's bits are spread evenly over the bytes it wrote.
        """
        starts, bits = self.starts, self.bits
        if not starts:
            return [0.0] * len(bounds)
        ends = starts[1:]
        ends.append(len(self.output))
        found = []
        token = 0
        for at in bounds:
            token = bisect_left(ends, at, token)  # the one that wrote the byte before
            start, before = starts[token], bits[token]
            paid = bits[token + 1] - before
            found.append(before + paid * (at - start) / (ends[token] - start))
        return found


@dataclass(frozen=True, slots=True)
class Shares:
    """Whole bytes: the sum of `rows` and `overhead` is the compressed file's size."""

    rows: list[int]
    overhead: int


def shares(stream: Stream, bounds: Sequence[int]) -> Shares:
    """What `output[bounds[i]:bounds[i + 1]]` cost, for each i; rounded by largest remainder.

    `bounds` rise from 0 to the size of the output.
    """
    if not bounds or bounds[0] != 0 or bounds[-1] != len(stream.output):
        raise ValueError("the bounds do not cover the output from its first byte to its last")
    costs = pairwise(stream.costs(bounds))
    parts = array("d", [(after - before) / 8 for before, after in costs])
    parts.append(stream.size - stream.paid / 8)
    rounded = largest_remainder(parts, stream.size)
    return Shares(rounded[:-1], rounded[-1])

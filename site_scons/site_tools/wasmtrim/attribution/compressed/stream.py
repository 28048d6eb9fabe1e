"""What each byte of a decompressed file cost in its compressed form."""

from __future__ import annotations

from array import array
from bisect import bisect_right
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

    def cost(self, at: int) -> float:
        """Bits for `output[:at]`; a token's bits are spread evenly over the bytes it wrote."""
        if at <= 0 or not self.starts:
            return 0.0
        token = bisect_right(self.starts, at - 1) - 1
        last = token + 1 == len(self.starts)
        start = self.starts[token]
        end = len(self.output) if last else self.starts[token + 1]
        before = self.bits[token]
        after = self.bits[token + 1]
        return before + (after - before) * (at - start) / (end - start)


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
    costs = (stream.cost(at) for at in bounds)
    parts = array("d", ((after - before) / 8 for before, after in pairwise(costs)))
    parts.append(stream.size - stream.paid / 8)
    rounded = largest_remainder(parts, stream.size)
    return Shares(rounded[:-1], rounded[-1])

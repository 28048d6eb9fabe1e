"""What data segments write into one memory: by address, however the segments were cut."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Addresses = npt.NDArray[np.int64]

# Zeros between two writes that are kept, so that a memory cut into tens of thousands of segments
# is a few pieces: they are read many times.
_NEAR = 256


@dataclass(frozen=True)
class Image:
    """Pieces of memory in the order of their addresses; no two touch. Everything else is zero.

    Not much longer than the segments together, wherever in the address space they lie.
    """

    addresses: Sequence[int]
    pieces: Sequence[bytes]

    def read(self, address: int, size: int) -> bytes:
        """The bytes `address..address + size`."""
        first = bisect_right(self.addresses, address) - 1
        if first >= 0:
            begin = address - self.addresses[first]
            inside = self.pieces[first][begin : begin + size]
            if len(inside) == size:
                return inside
        end = address + size
        out: list[bytes] = []
        for at in range(max(first, 0), len(self.pieces)):
            base, piece = self.addresses[at], self.pieces[at]
            if base >= end:
                break
            part = piece[max(address - base, 0) : end - base]
            if part:
                out += (bytes(max(base - address, 0)), part)
                address = max(base, address) + len(part)
        out.append(bytes(end - address))
        return b"".join(out)

    def stretches(self, gap: int) -> tuple[Addresses, Addresses]:
        """The first address and the end of each stretch without more than `gap` zeros in a row.

        Each begins and ends with a byte that isn't zero.
        """
        import numpy as np

        starts, ends = self._runs
        kept = np.flatnonzero(starts[1:] - ends[:-1] > gap)
        return (
            np.concatenate((starts[:1], starts[kept + 1])),
            np.concatenate((ends[kept], ends[-1:])),
        )

    @cached_property
    def _runs(self) -> tuple[Addresses, Addresses]:
        """The first address and the end of each run of bytes that are not zero."""
        import numpy as np

        written = np.frombuffer(b"".join(self.pieces), np.uint8) != 0
        sizes = np.fromiter(map(len, self.pieces), np.int64, len(self.pieces))
        ends = np.cumsum(sizes)
        shift = np.array(self.addresses, np.int64) - (ends - sizes)  # from place to address
        before = np.concatenate(([False], written[:-1]))
        after = np.concatenate((written[1:], [False]))
        before[(ends - sizes)[sizes > 0]] = False  # a piece begins
        after[ends[sizes > 0] - 1] = False
        first = np.flatnonzero(written & ~before)
        last = np.flatnonzero(written & ~after)
        return (
            first + shift[np.searchsorted(ends, first, side="right")],
            last + shift[np.searchsorted(ends, last, side="right")] + 1,
        )


def overlay(segments: Sequence[tuple[int, bytes]]) -> Image:
    """The memory after these writes, each an address and bytes, one after the other."""
    pieces: list[tuple[int, int]] = []  # from an address to an end
    for address, data in sorted(segments, key=lambda segment: segment[0]):
        end = address + len(data)
        if pieces and address <= pieces[-1][1] + _NEAR:
            pieces[-1] = (pieces[-1][0], max(end, pieces[-1][1]))
        else:
            pieces.append((address, end))
    addresses = [address for address, _ in pieces]
    buffers = [bytearray(end - address) for address, end in pieces]
    for address, data in segments:
        at = bisect_right(addresses, address) - 1
        place = address - addresses[at]
        buffers[at][place : place + len(data)] = data
    return Image(addresses, [bytes(buffer) for buffer in buffers])


def overlap(segments: Sequence[tuple[int, bytes]]) -> bool:
    """Return whether any of these writes touch the same byte, or may do so."""
    spans = sorted((address, address + len(data)) for address, data in segments)
    return any(end > start for (_, end), (start, _) in pairwise(spans))


def same(one: Image, other: Image) -> bool:
    """Return whether two memories hold the same bytes."""
    return _holds(one, other) and _holds(other, one)


def _holds(one: Image, other: Image) -> bool:
    """Return whether a memory has the other one's bytes where that one is written."""
    return all(
        one.read(address, len(piece)) == piece
        for address, piece in zip(other.addresses, other.pieces, strict=True)
    )

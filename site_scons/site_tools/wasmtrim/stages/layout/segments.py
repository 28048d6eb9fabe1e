"""Data segments: how they are written, and where it pays to cut.

Memory is zero before anything is written, so a stretch of zeros may be left out: the segment that
is cut there pays with a second header (specification 3.0, section 5.5.15).
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from wasmtrim.stages.layout.image import Image
from wasmtrim.wasm import leb128, limits

# Zeros that never pay for a header: flags, i32.const, an address, end and a size are five bytes.
_NEVER_CUT = 4


class Cut(NamedTuple):
    """An active segment: the bytes `address..address + size` of a memory, behind its header."""

    header: bytes
    memory: int
    address: int
    size: int


class Memory(NamedTuple):
    """A memory that segments may be cut for."""

    number: int
    is64: bool
    image: Image

    def cut(self, start: int, end: int) -> Cut:
        """The segment with the shortest header that writes `start..end`."""
        flags = b"\0" if self.number == 0 else b"\x02" + leb128.unsigned(self.number)
        code = b"\x42" if self.is64 else b"\x41"
        address = leb128.signed(self.signed(start))
        header = flags + code + address + b"\x0b" + leb128.unsigned(end - start)
        return Cut(header, self.number, start, end - start)

    def signed(self, address: int) -> int:
        """The constant that stands for an address: its upper half is negative."""
        bits = 64 if self.is64 else 32
        return address - (1 << bits) if address >> bits - 1 else address


def by_gap(memories: Sequence[Memory], gap: int) -> list[Cut]:
    """Cut wherever more than `gap` zeros lie in a row."""
    cuts = []
    for memory in memories:
        starts, ends = (part.tolist() for part in memory.image.stretches(gap))
        cuts += [memory.cut(start, end) for start, end in zip(starts, ends, strict=True)]
    return cuts


def cheapest(memories: Sequence[Memory], most: int = limits.DATA_SEGMENTS.most) -> list[Cut]:
    """The segments, at most `most`, that take the fewest bytes of a module, headers included.

    With more than `most`, each header costs as much more as brings them below.
    """
    stretches = [[part.tolist() for part in m.image.stretches(_NEVER_CUT)] for m in memories]

    def cut(extra: int) -> list[Cut]:
        return [
            memory.cut(start, end)
            for memory, (starts, ends) in zip(memories, stretches, strict=True)
            for start, end in _cheapest(memory, starts, ends, extra)
        ]

    if len(cuts := cut(0)) <= most:
        return cuts
    extra = bisect_left(range(1 << 16), True, lo=1, key=lambda extra: len(cut(extra)) <= most)
    return cut(extra)


def _cheapest(
    memory: Memory, starts: Sequence[int], ends: Sequence[int], extra: int
) -> list[tuple[int, int]]:
    """Dynamic programming over the stretches, from the first to the last.

    The cheapest way up to the end of stretch i ends with a segment that begins at some stretch j:
    cost(i) = min over j of cost(j - 1) + header(j) + size_leb(ends[i] - starts[j]) + ends[i] -
    starts[j]. For each length of the size's LEB the j are a window that only moves on, whose
    minimum a monotonic queue holds, so that the time is linear.
    """
    if not starts:
        return []
    before = [0]  # the cost up to each stretch
    begin: list[int] = []  # the stretch that the last segment up to each stretch begins with
    fixed = 3 + extra + (leb128.unsigned_size(memory.number) if memory.number else 0)
    longest = leb128.unsigned_size(ends[-1] - starts[0])
    windows: list[deque[tuple[int, int, int]]] = [deque() for _ in range(longest)]
    for at, (start, end) in enumerate(zip(starts, ends, strict=True)):
        cost = before[at] + fixed + leb128.signed_size(memory.signed(start)) - start
        best = None
        for size, window in enumerate(windows, 1):
            while window and window[-1][0] > cost:
                window.pop()
            window.append((cost, start, at))
            while window and end - window[0][1] >= 1 << 7 * size:
                window.popleft()
            if window:
                # The first of equal ones: the longest segment, so that there are fewer.
                found = (window[0][0] + size + end, window[0][2])
                best = found if best is None else min(best, found)
        assert best is not None  # the last window has them all
        before.append(best[0])
        begin.append(best[1])
    cuts = []
    at = len(starts) - 1
    while at >= 0:
        cuts.append((starts[begin[at]], ends[at]))
        at = begin[at] - 1
    return cuts[::-1]

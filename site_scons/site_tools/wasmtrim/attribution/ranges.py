"""Each byte of a file once: ranges with labels that neither overlap nor leave anything out."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

UNCLAIMED = 0


class RangeMap:
    """The bytes `0..size`, cut into ranges, each with a label (a number; 0 is UNCLAIMED).

    The first to claim a byte keeps it, so that whoever claims later gets what is left. Whatever
    was claimed, the ranges add up to `size`. A range takes 16 bytes of memory; claims in rising
    order take constant time.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        # Range i is starts[i]..starts[i + 1], and up to the size for the last one.
        self._starts = array("Q")
        self._labels = array("Q")
        if size:
            self._append(0, UNCLAIMED)

    def claim(self, start: int, end: int, label: int) -> None:
        """Labels what of `start..end` nobody has claimed; ValueError where that isn't inside."""
        if not 0 <= start <= end <= self.size:
            raise ValueError(f"{start}..{end} does not lie within 0..{self.size}")
        if start == end:
            return
        if start >= self._starts[-1] and self._labels[-1] == UNCLAIMED:
            self._claim_last(start, end, label)
        else:
            self._claim_inside(start, end, label)

    def claim_each(self, starts: array[int], end: int, labels: range) -> None:
        """Claims ranges that lie side by side, the last one up to `end`, at once.

        ValueError where they are not beyond all that is claimed.
        """
        if starts[0] < self._starts[-1] or self._labels[-1] != UNCLAIMED:
            raise ValueError("ranges side by side are claimed behind all others")
        if starts[0] == self._starts[-1]:
            del self._starts[-1], self._labels[-1]
        self._starts.extend(array("Q", starts))
        self._labels.extend(labels)
        if end < self.size:
            self._append(end, UNCLAIMED)

    def _claim_last(self, start: int, end: int, label: int) -> None:
        if start == self._starts[-1]:
            self._labels[-1] = label
        else:
            self._append(start, label)
        if end < self.size:
            self._append(end, UNCLAIMED)

    def _claim_inside(self, start: int, end: int, label: int) -> None:
        at = bisect_right(self._starts, start) - 1
        while at < len(self._starts) and self._starts[at] < end:
            begin = max(start, self._starts[at])
            stop = min(end, self._end(at))
            if self._labels[at] == UNCLAIMED:
                at = self._split(at, begin, stop, label)
            at += 1

    def _split(self, at: int, begin: int, stop: int, label: int) -> int:
        """Gives `begin..stop` of the unclaimed range `at` to `label`; returns where that is now."""
        if stop < self._end(at):
            self._starts.insert(at + 1, stop)
            self._labels.insert(at + 1, UNCLAIMED)
        if begin > self._starts[at]:
            at += 1
            self._starts.insert(at, begin)
            self._labels.insert(at, UNCLAIMED)
        self._labels[at] = label
        return at

    def _append(self, start: int, label: int) -> None:
        self._starts.append(start)
        self._labels.append(label)

    def _end(self, at: int) -> int:
        return self._starts[at + 1] if at + 1 < len(self._starts) else self.size

    @property
    def bounds(self) -> array[int]:
        """Where each range begins, and the size."""
        return self._starts + array("Q", [self.size])

    def __len__(self) -> int:
        return len(self._starts)

    def __iter__(self) -> Iterator[tuple[int, int, int]]:
        """(start, end, label) of each range, in order, none empty."""
        return self.within(0, self.size)

    def within(self, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        """Those that begin at one of the bytes `start..end`."""
        some = slice(bisect_left(self._starts, start), bisect_left(self._starts, end))
        ends = self.bounds[some.start + 1 : some.stop + 1]
        return zip(self._starts[some], ends, self._labels[some], strict=True)

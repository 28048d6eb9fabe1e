"""Bytes with relocations: between them stand the numbers of functions and data segments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from wasmtrim.wasm import leb128

# What a relocation stands for: a function by its number, or ~n, the n-th passive data segment.
Target: TypeAlias = int
# The size in bytes of integers that are longer than they must be: by the part of the module, the
# entry in it, and which integer of the entry.
Widths: TypeAlias = dict[tuple[str, int, int], int]


class Place(NamedTuple):
    """A byte in a text, whatever its relocations come to: `offset` bytes into a chunk."""

    chunk: int
    offset: int


@dataclass(frozen=True)
class Numbers:
    """How integers are written: in the shortest form, but for those that `widths` has."""

    shortest: Mapping[Target, bytes] = field(default_factory=dict)
    widths: Widths = field(default_factory=dict)

    def of(self, target: Target) -> bytes:
        """The number of a target; what doesn't exist keeps its own."""
        return self.shortest.get(target) or leb128.unsigned(target)

    def value(self, value: int, part: str, entry: int = 0) -> bytes:
        """A number that is no target's: a size or a count."""
        return leb128.unsigned(value, self.widths.get((part, entry, 0), 0))


class Relocatable(NamedTuple):
    """`targets[i]` stands between `chunks[i]` and `chunks[i + 1]`."""

    chunks: list[bytes]
    targets: list[Target]

    def parts(self, numbers: Numbers, part: str, entry: int) -> list[bytes]:
        """Chunks and numbers in turn, as they are written."""
        written = [numbers.shortest[target] for target in self.targets]
        if numbers.widths:
            for at, target in enumerate(self.targets):
                if width := numbers.widths.get((part, entry, at)):
                    written[at] = leb128.widened(numbers.shortest[target], width)
        parts = [b""] * (2 * len(written) + 1)
        parts[::2] = self.chunks
        parts[1::2] = written
        return parts


class Site(NamedTuple):
    """A relocation as it stands in a file, at `data[start:end]`."""

    target: Target
    start: int
    end: int


def relocatable(
    data: bytes, start: int, end: int, sites: Iterable[Site], part: str, entry: int, widths: Widths
) -> Relocatable:
    """Takes `data[start:end]` apart; what is longer than it must be goes to `widths`."""
    chunks: list[bytes] = []
    targets: list[Target] = []
    for at, (target, first, last) in enumerate(sites):
        if last - first > 1 and data[last - 1] == 0:
            widths[part, entry, at] = last - first
        chunks.append(data[start:first])
        targets.append(target)
        start = last
    chunks.append(data[start:end])
    return Relocatable(chunks, targets)


def place(sites: Iterable[Site], start: int, at: int) -> Place | None:
    """The place of `data[at]` in a text that begins at `start`; None within a relocation."""
    chunk = 0
    for _, first, last in sites:
        if at < first:
            break
        if at < last:
            return None
        chunk, start = chunk + 1, last
    return Place(chunk, at - start)

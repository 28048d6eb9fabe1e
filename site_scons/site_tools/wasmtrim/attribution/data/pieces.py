"""The data section cut into pieces: the header of each segment, and its bytes by region."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from wasmtrim.attribution.data.region import Region
from wasmtrim.wasm import sections
from wasmtrim.wasm.module import Module

HEADER = -1  # in place of a region: a segment's flags, address and size
NO_REGION = -2
MARKS = (HEADER, NO_REGION)
_SHOWN = 24  # bytes


@dataclass(frozen=True)
class Pieces:
    """Piece i begins at byte `starts[i]` of the file, is of segment `segments[i]` and of region
    `regions[i]`, or one of the marks above."""

    starts: array[int] = field(default_factory=lambda: array("Q"))
    segments: array[int] = field(default_factory=lambda: array("I"))
    regions: array[int] = field(default_factory=lambda: array("i"))

    def add(self, start: int, segment: int, region: int) -> None:
        self.starts.append(start)
        self.segments.append(segment)
        self.regions.append(region)


def cut(module: Module, regions: Sequence[Region]) -> Pieces:
    """Cut the segments of a module; `regions` are of memory 0, in order."""
    pieces = Pieces()
    add = pieces.add
    begins, ends = [region.start for region in regions], [region.end for region in regions]
    place = 0
    for number, header in enumerate(module.starts.get(sections.DATA, ())):
        _, memory, base, start, end = module.segments[number]
        add(header, number, HEADER)
        if start == end:
            continue
        if base is None or memory or not regions:
            add(start, number, NO_REGION)
            continue
        address, last = base, base + end - start
        if begins[place] <= address and last <= ends[place]:  # in the same region as the one before
            add(start, number, place)
            continue
        place = max(bisect_right(begins, address) - 1, 0)
        at = place
        while address < last:
            while at < len(regions) and ends[at] <= address:
                at += 1
            if at == len(regions) or begins[at] >= last:
                add(start + address - base, number, NO_REGION)
                break
            if begins[at] > address:
                add(start + address - base, number, NO_REGION)
                address = begins[at]
            add(start + address - base, number, at)
            address = ends[at]
    return pieces


def first_bytes(data: bytes, start: int, end: int) -> str:
    """What stands at the beginning of a range: as text if most of it is, else in hex."""
    begin = data[start : min(end, start + _SHOWN)]
    text = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in begin)
    if 4 * sum(0x20 <= byte < 0x7F for byte in begin) >= 3 * len(begin):
        return f'"{text}{"..." if end - start > _SHOWN else ""}"'
    return begin[: _SHOWN // 3].hex(" ") + (" ..." if end - start > _SHOWN // 3 else "")

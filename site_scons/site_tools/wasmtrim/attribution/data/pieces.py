"""The data section cut into pieces: the header of each segment, and its bytes by region."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from wasmtrim.attribution.data.region import Region
from wasmtrim.wasm import sections
from wasmtrim.wasm.module import Module

HEADER = -1  # in place of a region: a segment's flags, address and size
NO_REGION = -2
MARKS = (HEADER, NO_REGION)
_SHOWN = 24  # bytes


class Pieces(NamedTuple):
    """Piece i begins at byte `starts[i]` of the file, and is of region `regions[i]`, or one of the
    marks above."""

    starts: array[int]
    regions: array[int]


def cut(module: Module, regions: Sequence[Region]) -> Pieces:
    """Cut the segments of a module; `regions` are of memory 0, in order."""
    starts: list[int] = []
    places: list[int] = []
    begins, ends = [region.start for region in regions], [region.end for region in regions]
    place = 0
    headers = module.starts.get(sections.DATA, ())
    for header, (_, memory, base, start, end) in zip(headers, module.segments, strict=True):
        starts.append(header)
        places.append(HEADER)
        if start == end:
            continue
        starts.append(start)
        if base is None or memory or not regions:
            places.append(NO_REGION)
            continue
        address, last = base, base + end - start
        if begins[place] <= address and last <= ends[place]:  # in the same region as the one before
            places.append(place)
            continue
        at = place = max(bisect_right(begins, address) - 1, 0)
        while True:
            while at < len(regions) and ends[at] <= address:
                at += 1
            if at == len(regions) or begins[at] >= last:
                places.append(NO_REGION)
                break
            if begins[at] > address:
                places.append(NO_REGION)
                address = begins[at]
                starts.append(start + address - base)
            places.append(at)
            address = ends[at]
            if address >= last:
                break
            starts.append(start + address - base)
    return Pieces(array("Q", starts), array("i", places))


def first_bytes(data: bytes, start: int, end: int) -> str:
    """What stands at the beginning of a range: as text if most of it is, else in hex."""
    begin = data[start : min(end, start + _SHOWN)]
    text = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in begin)
    if 4 * sum(0x20 <= byte < 0x7F for byte in begin) >= 3 * len(begin):
        return f'"{text}{"..." if end - start > _SHOWN else ""}"'
    return begin[: _SHOWN // 3].hex(" ") + (" ..." if end - start > _SHOWN // 3 else "")

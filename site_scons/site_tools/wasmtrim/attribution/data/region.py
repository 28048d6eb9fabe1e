"""A range of a memory's initial data, with what is known of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Region(NamedTuple):
    """The addresses `start..end`. `package` is "" where it is nobody's, or several packages'."""

    start: int
    end: int
    name: str
    package: str = ""


_OWN_ROW = 1 << 10  # bytes from which on an object without a name stays apart from its neighbours


def disjoint(found: Iterable[Region]) -> list[Region]:
    """The regions in order. Of two that overlap the one that begins first keeps its bytes;
    neighbours that say the same become one, large ones without a name apart."""
    made: list[Region] = []
    for region in sorted(found):
        start = max(region.start, made[-1].end) if made else region.start
        if start >= region.end:
            continue
        if made and _are_one(made[-1], region, start):
            made[-1] = made[-1]._replace(end=region.end)
        else:
            made.append(region._replace(start=start))
    return made


def _are_one(before: Region, region: Region, start: int) -> bool:
    """Whether a region of which `start` is the first free byte goes on with the one before."""
    if before.end != start or before[2:] != region[2:]:
        return False
    longest = max(before.end - before.start, region.end - start)
    return bool(region.name) or longest < _OWN_ROW

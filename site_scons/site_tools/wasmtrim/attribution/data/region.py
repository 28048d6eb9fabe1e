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


def disjoint(found: Iterable[Region]) -> list[Region]:
    """The regions in order. Of two that overlap the one that begins first keeps its bytes;
    neighbours that say the same become one."""
    made: list[Region] = []
    for region in sorted(found):
        start = max(region.start, made[-1].end) if made else region.start
        if start >= region.end:
            continue
        if made and made[-1].end == start and made[-1][2:] == region[2:]:
            made[-1] = made[-1]._replace(end=region.end)
        else:
            made.append(region._replace(start=start))
    return made

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
    """The regions in order, without overlaps: the region that begins first keeps its bytes.

    Neighbours with the same name and package become one, except for large ones without a name.
    """
    made: list[Region] = []
    ordered = sorted(found)
    said: tuple[str, str] | None = None  # by the region that is being made, of these addresses:
    first = last = ordered[0].start if ordered else 0
    for start, end, name, package in ordered:
        if end <= last or end <= start:
            continue
        is_large = max(last - first, end - last) >= _OWN_ROW
        if start <= last and said == (name, package) and (name or not is_large):
            last = end
            continue
        if said:
            made.append(Region(first, last, *said))
        first, last, said = max(start, last), end, (name, package)
    return [*made, Region(first, last, *said)] if said else made

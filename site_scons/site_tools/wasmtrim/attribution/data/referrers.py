"""Whose data is: of the one package whose functions refer to it, by its address."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterator

from wasmtrim.attribution.data.references import Number, References
from wasmtrim.attribution.data.region import Region
from wasmtrim.attribution.packages.naming import UNKNOWN_PACKAGE

_SEVERAL = ""


def regions(
    references: References, packages: Callable[[Number], Collection[str]]
) -> Iterator[Region]:
    """The objects that code or data points to, each with its package, if only one refers to it.

    `packages` are those whose code a number stands in. What only data points to is of the package
    that this data is of.
    """
    whose: list[str | None] = [None] * len(references)
    waiting: deque[int] = deque()

    def refer(place: int, name: str) -> None:
        before = whose[place]
        if before is None or before not in (name, _SEVERAL):
            whose[place] = name if before is None else _SEVERAL
            waiting.append(place)

    for number in references.in_code:
        for package in packages(number):
            known = package != UNKNOWN_PACKAGE
            refer(references.at(number.address), package if known else _SEVERAL)
    while waiting:
        place = waiting.popleft()
        for inner in references.objects(place):
            refer(inner, whose[place] or _SEVERAL)
    for place, name in enumerate(whose):
        start, end = references.bounds(place)
        yield Region(start, end, "", name or "")

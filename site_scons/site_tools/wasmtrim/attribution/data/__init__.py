"""What a memory's initial data is: Go's tables and types, and objects by who refers to them."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from wasmtrim.attribution.data import declared, go_tables, referrers
from wasmtrim.attribution.data.go_types import GoTypes
from wasmtrim.attribution.data.origins import Origins
from wasmtrim.attribution.data.region import Region, disjoint
from wasmtrim.attribution.packages.naming import UNKNOWN_PACKAGE

if TYPE_CHECKING:
    from wasmtrim.attribution.owners import Owners

__all__ = ["Region", "regions"]


def regions(owners: Owners) -> list[Region]:
    """The regions of memory 0 that something is known of, in order."""

    def whose(index: int) -> str:
        package = owners.package(index)
        return "" if package == UNKNOWN_PACKAGE else package

    module = owners.module
    table = owners.table
    known: list[Region] = []
    if table:
        slots = module.slots()
        packages = {owners.package(index) for index in slots.values()}
        try:
            known = [
                *go_tables.regions(table, lambda slot: whose(slots.get(slot, -1))),
                *GoTypes(table, packages).regions(),
            ]
        except (struct.error, IndexError):  # a table that is damaged
            known = []
    found = [*referrers.regions(owners.references, Origins(owners).of)]
    named = disjoint(declared.regions(owners))
    named = disjoint([*named, *_outside(disjoint(declared.segments(owners)), named)])
    known = disjoint([*known, *_owned(named, found)])
    return disjoint([*known, *_outside(found, known)])


def _owned(regions: Iterable[Region], found: Sequence[Region]) -> Iterator[Region]:
    """The regions; one without a package gets that of the objects that begin in it, if all of
    them are of one package."""
    place = 0
    for region in regions:
        while place < len(found) and found[place].start < region.start:
            place += 1
        whose = set()
        while place < len(found) and found[place].start < region.end:
            whose.add(found[place].package)
            place += 1
        yield region if region.package or len(whose) != 1 else region._replace(package=whose.pop())


def _outside(found: Iterable[Region], known: list[Region]) -> Iterator[Region]:
    """The parts of the objects `found` outside of all regions `known`; both are in order.

    A known region has a size. So the bytes behind it are not of the object that begins in it, and
    have no package.
    """
    place = 0
    for region in found:
        start = region.start
        while place < len(known) and known[place].end <= start:
            place += 1
        within = place
        while start < region.end:
            until = known[within].start if within < len(known) else region.end
            if start < until:
                whose = region.package if start == region.start else ""
                yield Region(start, min(until, region.end), region.name, whose)
            if within == len(known):
                break
            start = max(start, known[within].end)
            within += 1

"""How new functions came into a module: the first calls from functions that were there before."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import heapify, heappop, heappush
from itertools import islice
from typing import TYPE_CHECKING, Final

from wasmtrim.attribution.packages.groups import RUNTIME, STANDARD, UNKNOWN
from wasmtrim.attribution.reachability.callers import callers_of, indirect_callers
from wasmtrim.records.fields import OWN, THIRD_PARTY

if TYPE_CHECKING:
    from wasmtrim.attribution import Owners
    from wasmtrim.wasm.module import Module

_MOST_WEIGHED: Final = 200  # ways in, of which each is followed to the end to weigh it
_NAMED: Final = 3
_TELLING: Final = (OWN, THIRD_PARTY, STANDARD, UNKNOWN, RUNTIME)  # whose calls tell a reader most


@dataclass(frozen=True)
class Arrival:
    """New functions that came by one way in. `functions` are their indices.

    `via` names the way: a call, an export, or the table. `first` is the function that it leads to.
    `by_table` of them are called by none of the others: the table alone holds them, and they are
    here for their package's sake. `told` says more of what came by the table itself: which indirect
    calls have its type.
    """

    via: str
    first: int
    functions: tuple[int, ...]
    by_table: int = 0
    told: str = ""


def arrivals(owners: Owners, sizes: Mapping[int, int]) -> list[Arrival]:
    """Find the ways in of new functions, those first by which most bytes came.

    `sizes` has the bytes of each new function by its index. A function that several ways lead to
    is counted with the one that brings most.
    """
    module, new = owners.module, frozenset(sizes)
    called: dict[int, list[int]] = {}  # by new functions
    old_callers: dict[int, list[int]] = {}
    for callee, callers in callers_of(module, new, is_go=owners.is_go).items():
        for caller in callers:
            if caller in new:
                called.setdefault(caller, []).append(callee)
            else:
                old_callers.setdefault(callee, []).append(caller)
    left = set(new)
    found = []
    for first, reached in _taken(old_callers, called, left, sizes):
        caller = min(old_callers[first], key=lambda index: (_rank(owners, index), index))
        via = f"{owners.name(caller)} -> {owners.name(first)}"
        found.append(Arrival(via, first, reached))
    roots = _roots(module)
    for first, reached in _taken(roots.keys() & left, called, left, sizes):
        found.append(Arrival(f"{roots[first]} -> {owners.name(first)}", first, reached))
    found = _with_held(owners, found, called, left, sizes)
    inner = {callee for caller in left for callee in called.get(caller, ()) if callee != caller}
    for starts in (left - inner, left):  # those that nothing new calls, then circles
        ways = tuple(_taken(sorted(starts), called, left, sizes))
        if ways:
            found.append(_by_table(owners, ways, sizes))
    return sorted(found, key=lambda each: (-sum(map(sizes.__getitem__, each.functions)), each.via))


def _with_held(
    owners: Owners,
    found: list[Arrival],
    called: Mapping[int, Sequence[int]],
    left: set[int],
    sizes: Mapping[int, int],
) -> list[Arrival]:
    """Add what only the table holds to the way in that brought most of the same package.

    Methods that are called through an interface, and what a package does at its start, are in the
    table alone: a linker keeps them for the package that they belong to.
    """
    joined = [[*arrival.functions] for arrival in found]
    while True:
        brought: dict[str, list[int]] = {}  # by package: of each way in, the bytes
        for place, functions in enumerate(joined):
            for index in functions:
                by_way = brought.setdefault(owners.package(index), [0] * len(joined))
                by_way[place] += sizes[index]
        held = sorted(index for index in left if owners.package(index) in brought)
        if not held:
            break
        for index in held:
            by_way = brought[owners.package(index)]
            reached = _reached(index, called, left) if index in left else ()
            joined[by_way.index(max(by_way))] += reached
            left.difference_update(reached)
    return [
        replace(
            arrival, functions=tuple(functions), by_table=len(functions) - len(arrival.functions)
        )
        for arrival, functions in zip(found, joined, strict=True)
    ]


def _taken(
    ways: Collection[int],
    called: Mapping[int, Sequence[int]],
    left: set[int],
    sizes: Mapping[int, int],
) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Follow the ways in that are left, the heaviest first, and take what each leads to."""
    waiting = [
        (-sum(map(sizes.__getitem__, _reached(first, called, left))), first)
        for first in sorted(ways)[:_MOST_WEIGHED]
    ] + [(0, first) for first in sorted(ways)[_MOST_WEIGHED:]]
    heapify(waiting)
    while waiting:
        weight, first = heappop(waiting)
        if first not in left:
            continue
        reached = _reached(first, called, left)
        now = -sum(map(sizes.__getitem__, reached))
        if weight < now and waiting and waiting[0] < (now, first):  # others took part of it
            heappush(waiting, (now, first))
            continue
        left.difference_update(reached)
        yield first, reached


def _reached(
    first: int, called: Mapping[int, Sequence[int]], left: Collection[int]
) -> tuple[int, ...]:
    """What is left of the functions that lie below `first`, in order of calls."""
    found = {first: None}
    waiting = [first]
    for at in waiting:
        for callee in called.get(at, ()):
            if callee in left and callee not in found:
                found[callee] = None
                waiting.append(callee)
    return tuple(found)


def _rank(owners: Owners, index: int) -> int:
    """The program's own functions tell more than those of its runtime."""
    return _TELLING.index(owners.group(index).name)


def _roots(module: Module) -> dict[int, str]:
    roots = dict.fromkeys(module.initial, "a global")
    for export in module.exports:
        if export.kind == "func":
            roots[export.index] = f"export {export.name}"
    if module.start is not None:
        roots.setdefault(module.start, "the start section")
    return roots


def _by_table(
    owners: Owners, ways: Sequence[tuple[int, tuple[int, ...]]], sizes: Mapping[int, int]
) -> Arrival:
    """What no call leads to is called through the table, by a call of its type, or by nothing."""
    functions = tuple(index for _, reached in ways for index in reached)
    first = max(ways, key=lambda way: (sum(map(sizes.__getitem__, way[1])), -way[0]))[0]
    more = f" and {len(ways) - 1:,} more" if len(ways) > 1 else ""
    module = owners.module
    held = any(first in segment.functions for segment in module.elements)
    if not held:
        return Arrival(f"{owners.name(first)}{more}, which nothing calls", first, functions)
    type_ = module.function_type(first)
    callers = [owners.name(i) for i in islice(indirect_callers(module, first), _NAMED + 1)]
    more_callers = " and more" if callers[_NAMED:] else ""
    told = f"called as {type_} by {', '.join(callers[:_NAMED]) or 'nothing'}{more_callers}"
    return Arrival(f"the table -> {owners.name(first)}{more}", first, functions, told=told)

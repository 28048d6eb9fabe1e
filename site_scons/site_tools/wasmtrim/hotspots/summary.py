"""What tables and pages show of a profile: figures by function, in itself and with all it calls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Final, TypeVar

from wasmtrim.records.hotspots import NO_PARENT, HotspotsRecord, StackRow
from wasmtrim.wording import plural

_Key = TypeVar("_Key", bound=Hashable)

UNITS: Final = {"fuel": "instructions", "samples": "samples"}


@dataclass
class Figures:
    """Work of a function or package: its `own`, and `total`, with all that it calls.

    `allocations` and `allocated`, in bytes, are asked for by it or by what it calls.
    """

    own: int = 0
    total: int = 0
    calls: int = 0
    allocations: int = 0
    allocated: int = 0

    def add(self, other: Figures) -> None:
        """Add what another stack has, but its own work and calls."""
        self.total += other.total
        self.allocations += other.allocations
        self.allocated += other.allocated


def work(record: HotspotsRecord, stack: StackRow) -> int:
    """What a stack did itself, in the unit of the record."""
    return stack.fuel if record.unit == "fuel" else stack.samples


def total(record: HotspotsRecord) -> int:
    """All work."""
    return sum(work(record, stack) for stack in record.stacks)


def headline(record: HotspotsRecord) -> str:
    """How much was measured: instructions in runs, or samples at a distance."""
    work_done = f"{total(record):,} {UNITS[record.unit]}"
    if record.unit == "samples":
        return f"{work_done}, one each {record.interval_ns / 1e6:g} ms"
    return f"{work_done} in {plural(len(record.cases), 'run')}"


def by_function(record: HotspotsRecord) -> dict[int, Figures]:
    """Figures by the place of a function."""
    return _by(record, lambda function: function)


def by_package(record: HotspotsRecord) -> dict[str, Figures]:
    """Figures by package."""
    return _by(record, lambda function: record.functions[function].package)


def by_stack(record: HotspotsRecord) -> list[Figures]:
    """Figures by the place of a stack, each with those that are called from it."""
    found = []
    for stack in record.stacks:
        own = work(record, stack)
        found.append(Figures(own, own, stack.calls, stack.allocations, stack.allocated))
    for figures, stack in zip(reversed(found), reversed(record.stacks), strict=True):
        if stack.parent != NO_PARENT:
            found[stack.parent].add(figures)
    return found


def _by(record: HotspotsRecord, key: Callable[[int], _Key]) -> dict[_Key, Figures]:
    """A total counts once in a stack, however often its key stands in it."""
    stacks = by_stack(record)
    called: list[list[int]] = [[] for _ in stacks]
    for place, stack in enumerate(record.stacks):
        if stack.parent != NO_PARENT:
            called[stack.parent].append(place)
    found: dict[_Key, Figures] = {}
    at_work: Counter[_Key] = Counter()
    left = [p for p, stack in enumerate(record.stacks) if stack.parent == NO_PARENT]
    while left:
        place = left.pop()
        if place < 0:  # all that was called from this stack has been seen
            at_work[key(record.stacks[~place].function)] -= 1
            continue
        name = key(record.stacks[place].function)
        figures = found.setdefault(name, Figures())
        figures.own += stacks[place].own
        figures.calls += stacks[place].calls
        if not at_work[name]:
            figures.add(stacks[place])
        at_work[name] += 1
        left += (~place, *called[place])
    return found

"""What two profiles differ in, by function: its name says which it is, as indices move."""

from __future__ import annotations

from dataclasses import dataclass

from wasmtrim.hotspots import summary
from wasmtrim.hotspots.summary import Figures
from wasmtrim.records.hotspots import HotspotsRecord


@dataclass(frozen=True)
class Change:
    """The figures of a function in both profiles, each zero where it isn't in one."""

    name: str
    old: Figures
    new: Figures

    @property
    def own(self) -> int:
        """By how much its own work grew."""
        return self.new.own - self.old.own


def of_functions(old: HotspotsRecord, new: HotspotsRecord) -> list[Change]:
    """All functions of both, those that grew most first."""
    before, after = named(old), named(new)
    changes = [
        Change(name, before.get(name, Figures()), after.get(name, Figures()))
        for name in {**after, **before}
    ]
    return sorted(changes, key=lambda change: -change.own)


def named(record: HotspotsRecord) -> dict[str, Figures]:
    """Figures by a function's name. Several of one name, as libraries have, count as one."""
    found: dict[str, Figures] = {}
    for place, figures in summary.by_function(record).items():
        one = found.setdefault(record.functions[place].name, Figures())
        one.add(figures)
        one.own += figures.own
        one.calls += figures.calls
    return found

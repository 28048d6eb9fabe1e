"""A flame graph as one HTML page that needs nothing beside it: no network, no other file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from wasmtrim.escaping import printable
from wasmtrim.hotspots import summary
from wasmtrim.records.hotspots import NO_PARENT, HotspotsRecord
from wasmtrim.report import web

if TYPE_CHECKING:
    from wasmtrim.hotspots.formats import View

_FOLDER: Final = Path(__file__).with_name("flame")
_SMALLEST: Final = 20_000  # of the whole, a stack's least share that has a place in the page
_METRICS: Final = {
    "fuel": ("instructions", "calls", "allocations", "allocated bytes"),
    "samples": ("samples",),
}


def made(view: View) -> bytes:
    """Return the page; with an older profile, colours tell what grew."""
    record = view.record
    return (
        web.templates(_FOLDER)
        .get_template("page.html.j2")
        .render(
            what=printable(record.what),
            headline=summary.headline(record),
            notes=[printable(note) for note in record.notes],
            old=view.old and printable(view.old.what),
            old_total=view.old and f"{summary.total(view.old):,}",
            metrics=_METRICS[record.unit],
            css=web.style(_FOLDER / "page.css"),
            script=web.script(_FOLDER / "flame.js"),
            data=web.packed(_data(record, view.old)),
        )
        .encode()
    )


def _data(record: HotspotsRecord, old: HotspotsRecord | None) -> dict[str, Any]:
    """Functions, and stacks as rows: function, parent, then own and total of each metric.

    With an older profile, `before` has the totals of its stacks with the same names, by stack.
    """
    rows = _totals(record)
    kept: list[list[int]] = []
    places = {NO_PARENT: NO_PARENT}
    wholes = [max(1, sum(own)) for own in zip(*(own for own, _ in rows), strict=True)] or [1]
    for place, (stack, (own, total)) in enumerate(zip(record.stacks, rows, strict=True)):
        seen = any(part * _SMALLEST >= whole for part, whole in zip(total, wholes, strict=True))
        if seen and stack.parent in places:
            places[place] = len(kept)
            kept.append([stack.function, places[stack.parent], *own, *total])
    before = None if old is None else _before(record, old, places)
    return {
        "functions": [tuple(map(printable, row)) for row in record.functions],
        "stacks": kept,
        "before": before,
    }


def _totals(record: HotspotsRecord) -> list[tuple[list[int], list[int]]]:
    """Own figures and totals of each stack, by metric."""
    own = [
        [stack.fuel, stack.calls, stack.allocations, stack.allocated]
        if record.unit == "fuel"
        else [stack.samples]
        for stack in record.stacks
    ]
    totals = [[*figures] for figures in own]
    for total, stack in zip(reversed(totals), reversed(record.stacks), strict=True):
        if stack.parent != NO_PARENT:
            above = totals[stack.parent]
            above[:] = [sum(pair) for pair in zip(above, total, strict=True)]
    return [*zip(own, totals, strict=True)]


def _before(
    record: HotspotsRecord, old: HotspotsRecord, places: dict[int, int]
) -> list[list[int] | None]:
    """The old totals of the stacks that the page has; None where a stack is new."""
    known: dict[tuple[int, str], int] = {}
    for place, stack in enumerate(old.stacks):
        known[stack.parent, old.functions[stack.function].name] = place
    totals = _totals(old)
    was: dict[int, int | None] = {NO_PARENT: NO_PARENT}
    found: list[list[int] | None] = []
    for place, stack in enumerate(record.stacks):
        if place not in places:
            continue
        above = was[stack.parent]
        name = record.functions[stack.function].name
        was[place] = None if above is None else known.get((above, name))
        at = was[place]
        found.append(None if at is None else totals[at][1])
    return found

"""What the page's script works with: the parts of each module, and what changed in them.

Most of the page's bytes are these data. So figures stand by column, and a function that is in
several modules is told of once: more of it is alike, which gzip finds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

from wasmtrim.escaping import printable
from wasmtrim.records import Comparison
from wasmtrim.records.breakdown import Breakdown


def of(
    breakdowns: Mapping[str, Breakdown], changes: Mapping[str, tuple[Comparison, Breakdown]]
) -> dict[str, Any]:
    """Return the data of modules by key, and of the changes by section, each with its module.

    `functions` has the columns name, package and where of all functions; `modules` what is told
    of each module but its functions; `columns` the functions' figures: column, module, figures.
    """
    functions: dict[tuple[str, int, str], int] = {}
    packages: dict[tuple[str, str], int] = {}
    columns: dict[str, dict[str, list[Any]]] = defaultdict(dict)
    modules = {}
    for key, breakdown in breakdowns.items():
        modules[key] = _module(breakdown, packages)
        for name, column in _columns(breakdown, functions, packages).items():
            columns[name][key] = column
    changed = {
        section: _changes(comparison, breakdown, functions, packages)
        for section, (comparison, breakdown) in changes.items()
    }
    names, owners, places = zip(*functions, strict=True) if functions else ((), (), ())
    return {
        "modules": modules,
        "columns": columns,
        "changes": changed,
        "functions": {"name": names, "package": owners, "where": places},
        "packages": [[printable(name), group] for name, group in packages],
    }


def _columns(
    breakdown: Breakdown,
    functions: dict[tuple[str, int, str], int],
    packages: dict[tuple[str, str], int],
) -> dict[str, list[Any]]:
    """Return the functions' figures by column.

    `of` is the place of each in the table of functions, less that of the one before; `more` what
    would leave beyond its own bytes.
    """

    def package(name: str, group: str) -> int:
        return packages.setdefault((name, group), len(packages))

    places = []
    for part in breakdown.functions:
        known = printable(part.name), package(part.package, part.group), printable(part.where)
        places.append(functions.setdefault(known, len(functions)))
    parts = breakdown.functions
    return {
        "of": _steps(places),
        "bytes": [part.bytes for part in parts],
        "gzip": [part.gzip for part in parts],
        "brotli": [part.brotli for part in parts],
        "more": [part.retained - part.bytes for part in parts],
        "before": [
            printable(part.before) if isinstance(part.before, str) else part.before
            for part in parts
        ],
        "code": [
            [(package(name, breakdown.packages[name].group), size) for name, size in code.items()]
            for code in (part.code for part in parts)
        ],
    }


def _steps(numbers: Iterable[int]) -> list[int]:
    """Return each number less the one before it."""
    return [number - before for before, number in pairwise((0, *numbers))]


def _module(breakdown: Breakdown, packages: dict[tuple[str, str], int]) -> dict[str, Any]:
    return {
        "size": breakdown.size,
        "overhead": breakdown.overhead,
        "sections": [
            [_rest_name(name, breakdown), _section_of(name, breakdown), *sizes]
            for name, sizes in breakdown.rest.items()
        ],
        "atLeast": breakdown.at_least,
        "packages": [
            (packages.setdefault((name, owner.group), len(packages)), *owner[1:])
            for name, owner in breakdown.packages.items()
        ],
    }


def _rest_name(name: str, breakdown: Breakdown) -> str:
    """Name what is left of a section: the functions are rows of their own."""
    whole = breakdown.sections.get(name, 0)  # none for a part of the data
    framing = ", framing" if whole > breakdown.rest[name].bytes else ""
    return printable(name) + framing


def _section_of(name: str, breakdown: Breakdown) -> str:
    """Name the section that a part is of: what is no section is a part of the data."""
    return printable(name) if name in breakdown.sections else "data"


def _changes(
    changes: Comparison,
    breakdown: Breakdown,
    functions: dict[tuple[str, int, str], int],
    packages: dict[tuple[str, str], int],
) -> dict[str, Any]:
    """Return what changed.

    `changed` are functions by their place in the module, less that of the one before, with by how
    much they differ, null where they are new; `removed` by their place in the table of functions,
    with their bytes.
    """
    places = defaultdict(list)
    for place, part in enumerate(breakdown.functions):
        places[part.package, part.name, part.bytes].append(place)
    changed, removed = {}, []
    for change in changes.functions:
        found = places.get((change.package, change.name, change.new or 0))
        if change.new is None:
            owner = packages.setdefault((change.package, ""), len(packages))
            known = printable(change.name), owner, ""
            removed.append((functions.setdefault(known, len(functions)), change.old))
        elif found:
            changed[found.pop(0)] = None if change.old is None else change.delta
    steps = _steps(sorted(changed))
    return {
        "delta": changes.metrics["raw"].delta,
        "changed": [steps, [changed[place] for place in sorted(changed)]],
        "removed": removed,
        "packages": [[printable(c.name), c.old, c.new] for c in changes.packages],
        "sections": [[printable(c.name), c.old, c.new] for c in changes.sections],
    }

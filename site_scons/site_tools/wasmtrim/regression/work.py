"""The instructions of functions and packages: those that a budget of fuel can name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from wasmtrim import records
from wasmtrim.records.hotspots import HotspotsRecord
from wasmtrim.regression.match import normalised


def beside(size_record: Path, module: str) -> Mapping[str, int] | None:
    """Read what a release has beside its size record; None where it isn't of this very module.

    `module` is its sha256.
    """
    name = size_record.name.removesuffix(".sizes.json")
    found = records.HOTSPOTS.find(size_record.with_name(f"{name}.hotspots.json"))
    return of_record(found) if found and found.module == module else None


def of_record(record: HotspotsRecord) -> Mapping[str, int]:
    """Own instructions by scope: `function main.run`, `package image/gif`, sorted."""
    found: Counter[str] = Counter()
    for stack in record.stacks:
        row = record.functions[stack.function]
        found[f"package {row.package}"] += stack.fuel
        for name in row.name.split(" = "):  # bodies that became one
            found[key("function", name)] += stack.fuel
    return dict(sorted(found.items()))


def key(kind: str, name: str) -> str:
    """The scope under which a function or package stands."""
    return f"{kind} {normalised(name) if kind == 'function' else name}"

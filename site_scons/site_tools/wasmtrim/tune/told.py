"""What a search found, in words."""

from __future__ import annotations

from wasmtrim import process
from wasmtrim.escaping import excerpt
from wasmtrim.records import ThrownOut, TuningRecord
from wasmtrim.tune import flags, functions, space
from wasmtrim.tune.changes import REDUCED

_ASSUMPTIONS = {**space.ASSUMPTIONS, **flags.ASSUMPTIONS}


def lines(record: TuningRecord) -> list[str]:
    """Say what was found, by which recipe, and how it was proven."""
    size, oz = record.size, record.oz
    than = f"{record.gain:.2f} % less than by -Oz" if size < oz else "no less than by -Oz"
    early = "; stopped early: the seed alone does not give this" if record.stopped_early else ""
    skipped = f", {record.skipped} skipped" if record.skipped else ""
    return [
        f"{record.module}: {size:,} bytes by {record.metric}, {than} ({oz:,})",
        *(f"compiler: {key}: {value}" for key, value in record.compiler.items()),
        f"recipe: {process.shown(record.options) or '(the module as it is)'}",
        f"tried: {record.tried} of {record.budget}{skipped}, seed {record.seed}{early}",
        *(f"assumed, not proven: {_ASSUMPTIONS[name]} ({name})" for name in record.assumed),
        *(f"proof: {line}" for line in record.proof),
        *(functions.told(record.functions) if record.functions else []),
        *(line for each in record.thrown_out for line in _thrown_out(each)),
        *front(record),
    ]


def front(record: TuningRecord) -> list[str]:
    """Say which candidates no other beats in both bytes and fuel; nothing without fuel."""
    best = sorted(
        (row.size or 0, row.fuel or 0, row.options) for row in record.candidates if row.pareto
    )
    if record.fuel is None or not best:
        return []
    if len(best) == 1:
        return ["bytes against fuel: no other candidate is smaller or does less work"]
    lines = ["bytes against fuel: no other candidate beats one of these in both"]
    lines.append(f"  {'bytes':>12}  {'fuel':>16}  recipe")
    for size, fuel, options in best:
        recipe = excerpt(process.shown(options), 43) or "(the module as it is)"
        mark = "*" if options == record.options else " "
        lines.append(f"{mark} {size:>12,}  {fuel:>16,}  {recipe}")
    return [*lines, "* the recipe"]


def _thrown_out(found: ThrownOut) -> list[str]:
    did = f"; {found.guilty[-1]} did it" if found.guilty else ""
    lines = [f"thrown out: {process.shown(found.options)}: {found.what}{did}"]
    if found.reduced is not None:
        by = process.shown(found.shown_by)
        lines.append(f"  {found.kept}/{REDUCED} ({found.reduced:,} bytes) shows it: wasm-opt {by}")
    return lines

"""What a search found, in words."""

from __future__ import annotations

from wasmtrim import process
from wasmtrim.records import TuningRecord
from wasmtrim.tune import functions
from wasmtrim.tune.space import ASSUMPTIONS


def lines(record: TuningRecord) -> list[str]:
    """Say what was found, by which recipe, and how it was proven."""
    size, oz = record.size, record.oz
    than = f"{record.gain:.2f} % less than by -Oz" if size < oz else "no less than by -Oz"
    early = "; stopped early: the seed alone does not give this" if record.stopped_early else ""
    skipped = f", {record.skipped} skipped" if record.skipped else ""
    return [
        f"{record.module}: {size:,} bytes by {record.metric}, {than} ({oz:,})",
        f"recipe: {process.shown(record.options) or '(the module as it is)'}",
        f"tried: {record.tried} of {record.budget}{skipped}, seed {record.seed}{early}",
        *(f"assumed, not proven: {ASSUMPTIONS[name]} (--{name})" for name in record.assumed),
        *(f"proof: {line}" for line in record.proof),
        *(functions.told(record.functions) if record.functions else []),
        *(
            f"thrown out: {process.shown(each.options)}: {each.what}; {each.guilty[-1]} did it"
            for each in record.thrown_out
        ),
    ]

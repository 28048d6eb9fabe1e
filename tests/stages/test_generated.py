"""Snip and prune on any valid module: what they leave runs as it did."""

from __future__ import annotations

import random
from itertools import takewhile
from typing import TYPE_CHECKING

import pytest
import wasmtime
from tests.stages.generated import run, smith
from tests.stages.layout import layouts

from wasmtrim import wasm
from wasmtrim.errors import ToolError
from wasmtrim.stages import snip

if TYPE_CHECKING:
    from tests.stages.conftest import Run

PLAIN = ("bulk-memory", "multi-value", "reference-types", "simd", "tail-call")
ENABLED = (
    *("bulk-memory", "multivalue", "reference-types", "simd128", "tail-call"),
    *("multimemory", "nontrapping-fptoint", "sign-ext"),
)
# So that functions may leave: many, of which exports and tables name few.
FEW_ROOTS = (
    *("--min-funcs=20", "--max-exports=6", "--max-element-segments=1"),
    *("--max-elements=3", "--max-memories=1"),
)


def check_snip(engine: wasmtime.Engine, seed: int) -> bool:
    """Return whether anything left with the functions that were snipped.

    What is said to be reached by them alone is reached by nothing: that it traps as well changes
    nothing that the module shows.
    """
    data = layouts.named(smith(seed, shape=FEW_ROOTS))
    module = wasm.read(data)
    known = snip.names(module)
    if not known:
        return False
    chosen = random.Random(seed).sample(sorted(known.values()), k=max(len(known) // 3, 1))
    snipped = snip.snip(module, chosen)
    assert len(snipped.data) == len(data)
    bodies = {
        known[index]: module.body(index) for index in known if index >= module.imported_functions
    }
    changed = bytearray(snipped.data)
    for function in snipped.functions:
        start, end = bodies[function.name]
        changed[start:end] = data[start:end]
    assert bytes(changed) == data
    left = [function.name for function in snipped.left]
    more = snip.snip(module, [*chosen, *left])
    assert run(engine, more.data) == run(engine, snipped.data), seed
    return bool(left)


def check_prune(stage: Run, engine: wasmtime.Engine, seed: int) -> bool:
    """Return whether exports went: those that stay do what they did."""
    data = smith(seed, PLAIN)
    names = [export.name for export in wasm.read(data).exports]
    kept = random.Random(seed).sample(names, k=len(names) // 2)
    try:
        pruned = stage("prune", data, ENABLED, exports=tuple(kept)).module
    except ToolError:  # binaryen doesn't read every module; then nothing is pruned
        return False
    left = {export.name for export in wasm.read(pruned).exports}
    assert {*kept} <= left <= {*names}
    was, now = run(engine, data, left), run(engine, pruned, left)
    assert (now.failed, now.first) == (was.failed, was.first), seed

    def ended(calls: tuple[str, ...]) -> list[str]:
        return list(takewhile(lambda call: "OUT_OF_FUEL" not in call, calls))

    assert ended(now.calls)[: len(ended(was.calls))] == ended(was.calls)[: len(ended(now.calls))], (
        seed
    )
    return left < {*names}


def test_what_snip_says_leaves_is_reached_by_nothing(engine: wasmtime.Engine) -> None:
    assert sum([check_snip(engine, seed) for seed in range(10, 30)]) >= 2


def test_what_prune_keeps_does_what_it_did(run: Run, engine: wasmtime.Engine) -> None:
    assert sum([check_prune(run, engine, seed) for seed in range(4)]) >= 1


@pytest.mark.long
def test_what_snip_says_leaves_is_reached_by_nothing_in_a_thousand(engine: wasmtime.Engine) -> None:
    assert sum([check_snip(engine, seed) for seed in range(1_000, 2_000)]) >= 50


@pytest.mark.long
def test_what_prune_keeps_does_what_it_did_in_a_hundred(run: Run, engine: wasmtime.Engine) -> None:
    assert sum([check_prune(run, engine, seed) for seed in range(1_000, 1_100)]) >= 30

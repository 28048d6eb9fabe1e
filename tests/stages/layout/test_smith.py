"""Any valid module in another layout: the same text, the same memories, and it runs the same."""

from __future__ import annotations

import pytest
import wasmtime
from tests.stages.generated import run, smith
from tests.stages.layout import layouts

from wasmtrim import wasm
from wasmtrim.profile import Metric
from wasmtrim.stages import layout
from wasmtrim.stages.layout import constants, program, proof
from wasmtrim.stages.layout.data import Unmovable
from wasmtrim.stages.layout.metric import size
from wasmtrim.stages.layout.program import Arrangement


def check(engine: wasmtime.Engine, seed: int) -> bool:
    """Tells whether data were cut again."""
    data = layouts.named(smith(seed))
    try:
        taken = program.read(wasm.read(data))
    except Unmovable:
        return False
    arrangement = layouts.shuffled(taken, seed)
    moved = taken.write(arrangement)
    proof.prove(taken, arrangement, moved)
    assert run(engine, moved) == run(engine, data), seed
    pooled = constants.pool(wasm.read(data))
    if pooled:
        assert run(engine, pooled.module) == run(engine, data), seed
    functions_only = taken.write(Arrangement(arrangement.order, taken.found.segments))
    assert layouts.printed(functions_only) == layouts.printed(data), seed
    return taken.data is not None


def test_some_modules_in_another_layout(engine: wasmtime.Engine) -> None:
    assert sum([check(engine, seed) for seed in range(15)]) >= 4


@pytest.mark.parametrize("metric", ["raw", "gzip", "brotli"])
def test_none_is_larger(metric: Metric) -> None:
    for seed in range(5):
        data = smith(seed)
        result = layout.arrange(data, metric)
        if isinstance(result, layout.Arranged):
            assert size(result.module, metric) < size(data, metric)


@pytest.mark.long
def test_ten_thousand_modules_in_another_layout(engine: wasmtime.Engine) -> None:
    assert sum([check(engine, seed) for seed in range(1_000, 11_000)]) >= 2_000

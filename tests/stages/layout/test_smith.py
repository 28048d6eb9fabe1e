"""Any valid module in another layout: the same text, the same memories, and it runs the same."""

from __future__ import annotations

import random
import subprocess
from dataclasses import dataclass
from typing import Any

import pytest
import wasmtime
from tests.stages.layout import layouts

from wasmtrim import wasm
from wasmtrim.profile import Metric
from wasmtrim.stages import layout
from wasmtrim.stages.layout import program, proof
from wasmtrim.stages.layout.data import Unmovable
from wasmtrim.stages.layout.metric import size
from wasmtrim.stages.layout.program import Arrangement
from wasmtrim.wasm.types import FuncType

# What wasmtime runs; in four of five modules each.
FEATURES = (
    *("bulk-memory", "custom-page-sizes", "exceptions", "extended-const", "gc", "memory64"),
    *("multi-value", "reference-types", "relaxed-simd", "simd", "tail-call", "wide-arithmetic"),
)
NUMBERS: dict[str, int | float] = {"i32": 0, "i64": 0, "f32": 0.0, "f64": 0.0}
FUEL = 20_000
LIMITS = {"memory_size": 1 << 26, "table_elements": 100_000, "instances": 1}


def smith(seed: int) -> bytes:
    """A valid module that needs no host, the same for the same seed."""
    choice = random.Random(seed)
    switches = [f"--{feature}-enabled={str(choice.random() < 0.8).lower()}" for feature in FEATURES]
    shape = ["--max-imports=0", "--min-funcs=4", "--min-data-segments=2", "--max-memories=3"]
    inside = ["--memory-offset-choices=40,1,1", "--max-memory32-bytes=200000"]
    inside += ["--max-memory64-bytes=200000", "--max-table-elements=1000"]
    alike = ["--export-everything=true", "--canonicalize-nans=true", "--threads-enabled=false"]
    argv = [layouts.WASM_TOOLS, "smith", *switches, *shape, *inside, *alike]
    argv.append(f"--min-uleb-size={choice.choice([1, 1, 1, 2, 5])}")
    seed_bytes = choice.randbytes(choice.choice([500, 3_000, 10_000]))
    return subprocess.run(argv, input=seed_bytes, check=True, capture_output=True).stdout


@dataclass(frozen=True)
class Seen:
    """What a module shows: its memories at first, what calls of its functions do, and the end."""

    failed: str
    first: tuple[bytes, ...] = ()
    calls: tuple[str, ...] = ()
    last: tuple[bytes, ...] = ()


def run(engine: wasmtime.Engine, data: bytes) -> Seen:
    """Instantiate a module, and call every export with zeros."""
    store = wasmtime.Store(engine)
    store.set_limits(**LIMITS)
    store.set_fuel(FUEL)
    module = wasmtime.Module(engine, data)
    try:
        exports = wasmtime.Instance(store, module, []).exports(store)
    except (wasmtime.Trap, wasmtime.WasmtimeError) as error:
        return Seen(_kind(error))
    # Our reader tells the types: wasmtime's Python aborts on those of garbage collection.
    found = wasm.read(data).exports
    memories: list[Any] = [exports[export.name] for export in found if export.kind == "memory"]

    def contents() -> tuple[bytes, ...]:
        return tuple(bytes(memory.read(store)) for memory in memories)

    first, calls = contents(), []
    for export in found:
        if isinstance(export.type, FuncType) and {*export.type.params, *export.type.results} <= (
            NUMBERS.keys()
        ):
            arguments = [NUMBERS[kind] for kind in export.type.params]
            calls.append(f"{export.name}: {_called(store, exports[export.name], arguments)}")
    return Seen("", first, tuple(calls), contents())


def _called(store: wasmtime.Store, function: Any, arguments: list[int | float]) -> str:
    store.set_fuel(FUEL)
    try:
        return repr(function(store, *arguments))
    except (wasmtime.Trap, wasmtime.WasmtimeError) as error:
        return _kind(error)


def _kind(error: Exception) -> str:
    """The trap without the backtrace, in which functions have numbers."""
    if isinstance(error, wasmtime.Trap):
        return str(error.trap_code)
    return str(error).splitlines()[-1]


def check(engine: wasmtime.Engine, seed: int) -> bool:
    """Tells whether data were cut anew."""
    data = layouts.named(smith(seed))
    try:
        taken = program.read(wasm.read(data))
    except Unmovable:
        return False
    arrangement = layouts.shuffled(taken, seed)
    moved = taken.write(arrangement)
    proof.prove(taken, arrangement, moved)
    assert run(engine, moved) == run(engine, data), seed
    functions_only = taken.write(Arrangement(arrangement.order, taken.found.segments))
    assert layouts.printed(functions_only) == layouts.printed(data), seed
    return taken.data is not None


@pytest.fixture(scope="module")
def engine() -> wasmtime.Engine:
    config = wasmtime.Config()
    config.cranelift_opt_level = "none"
    config.consume_fuel = True
    for feature in ("gc", "function_references", "exceptions", "memory64", "multi_memory"):
        setattr(config, f"wasm_{feature}", True)
    for feature in ("wide_arithmetic", "custom_page_sizes", "tail_call", "relaxed_simd"):
        setattr(config, f"wasm_{feature}", True)
    return wasmtime.Engine(config)


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

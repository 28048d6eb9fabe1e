"""Valid modules by `wasm-tools smith`, and what wasmtime sees of one."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import wasmtime
from tests.conftest import WASM_TOOLS

from wasmtrim import wasm
from wasmtrim.wasm.types import FuncType

# What wasmtime runs; in four of five modules each.
FEATURES = (
    *("bulk-memory", "custom-page-sizes", "exceptions", "extended-const", "gc", "memory64"),
    *("multi-value", "reference-types", "relaxed-simd", "simd", "tail-call", "wide-arithmetic"),
)
NUMBERS: dict[str, int | float] = {"i32": 0, "i64": 0, "f32": 0.0, "f64": 0.0}
FUEL = 20_000
# All that it has is exported, and there is something to move.
SHAPE = (
    *("--export-everything=true", "--min-funcs=4", "--min-data-segments=2", "--max-memories=3"),
)
LIMITS = {"memory_size": 1 << 26, "table_elements": 100_000, "instances": 1}


def smith(seed: int, features: Sequence[str] = FEATURES, shape: Sequence[str] = SHAPE) -> bytes:
    """A valid module that needs no host, the same for the same seed.

    A feature of FEATURES that isn't in `features` is off. `shape` are options of smith.
    """
    choice = random.Random(seed)
    on = {feature: choice.random() < 0.8 and feature in features for feature in FEATURES}
    switches = [f"--{feature}-enabled={str(given).lower()}" for feature, given in on.items()]
    inside = ["--memory-offset-choices=40,1,1", "--max-memory32-bytes=200000"]
    inside += ["--max-memory64-bytes=200000", "--max-table-elements=1000"]
    alike = ["--canonicalize-nans=true", "--threads-enabled=false", "--max-imports=0"]
    argv = [WASM_TOOLS, "smith", *switches, *shape, *inside, *alike]
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


def run(engine: wasmtime.Engine, data: bytes, only: Collection[str] | None = None) -> Seen:
    """Instantiate a module, and call every export with zeros, or those of `only`."""
    store = wasmtime.Store(engine)
    store.set_limits(**LIMITS)
    store.set_fuel(FUEL)
    module = wasmtime.Module(engine, data)
    try:
        exports = wasmtime.Instance(store, module, []).exports(store)
    except (wasmtime.Trap, wasmtime.WasmtimeError) as error:
        return Seen(_kind(error))
    # Our reader tells the types: wasmtime's Python aborts on those of garbage collection.
    found = [e for e in wasm.read(data).exports if only is None or e.name in only]
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


def engine() -> wasmtime.Engine:
    """An engine that takes all of FEATURES, and counts fuel."""
    config = wasmtime.Config()
    config.cranelift_opt_level = "none"
    config.consume_fuel = True
    for feature in ("gc", "function_references", "exceptions", "memory64", "multi_memory"):
        setattr(config, f"wasm_{feature}", True)
    for feature in ("wide_arithmetic", "custom_page_sizes", "tail_call", "relaxed_simd"):
        setattr(config, f"wasm_{feature}", True)
    return wasmtime.Engine(config)

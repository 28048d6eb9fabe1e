"""Modules of wasm-tools smith, and what wasmtime and our counters say of their calls."""

from __future__ import annotations

import random
import subprocess
from dataclasses import dataclass

import wasmtime
from tests.conftest import WASM_TOOLS

from wasmtrim import wasm
from wasmtrim.hotspots.instrumentation import FUEL
from wasmtrim.wasm import Module

FEATURES = (
    *("bulk-memory", "exceptions", "extended-const", "gc", "memory64", "multi-value"),
    *("reference-types", "tail-call", "threads", "wide-arithmetic"),
)
# What wasmtime's Python package has values of.
VALUES = {"i32": 3, "i64": 5, "f32": 1.5, "f64": 2.5}
MOST = 1 << 50


def smith(seed: int) -> bytes:
    """A valid module that ends, the same for the same seed; b"" where there is none to be made."""
    choice = random.Random(seed)
    switches = [f"--{feature}-enabled={str(choice.random() < 0.6).lower()}" for feature in FEATURES]
    traps = f"--disallow-traps={str(choice.random() < 0.5).lower()}"
    tables = f"--max-tables={choice.choice([0, 0, 3])}"  # Python can't have them among exports
    shape = ["--max-imports=0", "--max-memories=3", tables, "--min-funcs=2", "--max-tags=2"]
    small = ["--max-memory32-bytes=1000000", "--max-memory64-bytes=1000000", "--min-exports=3"]
    argv = [WASM_TOOLS, "smith", "--ensure-termination", traps, *shape, *small, *switches]
    seed_bytes = choice.randbytes(choice.choice([500, 3_000, 10_000]))
    return subprocess.run(argv, input=seed_bytes, capture_output=True).stdout


def callable_(module: Module) -> list[str]:
    """The exports that can be called from Python; none where Python stumbles over another one."""
    for export in module.exports:
        if export.kind in ("table", "tag"):
            return []
        if export.kind == "global" and export.type.value not in VALUES:  # type: ignore[union-attr]
            return []
    functions = [export for export in module.exports if export.kind == "func"]
    kinds = {each for function in functions for each in _values(module, function.index)}
    return [function.name for function in functions] if kinds <= VALUES.keys() else []


def _values(module: Module, index: int) -> tuple[str, ...]:
    kind = module.function_type(index)
    return kind.params + kind.results


@dataclass(frozen=True)
class Called:
    """How a call ended, what wasmtime charged for it, and what the module counted until then."""

    ended: str
    charged: int
    counted: int | None


def metered_engine() -> wasmtime.Engine:
    """An engine with all that generated modules may ask for, which gives NaNs the same bits."""
    config = wasmtime.Config()
    config.consume_fuel = True
    config.shared_memory = True
    config.cranelift_nan_canonicalization = True
    config.wasm_gc = config.wasm_memory64 = config.wasm_exceptions = True
    config.wasm_wide_arithmetic = True
    return wasmtime.Engine(config)


def call_all(data: bytes, names: list[str]) -> list[Called]:
    """Call the exports in turn, in one instance; WasmtimeError where there is none of it."""
    engine = metered_engine()
    store = wasmtime.Store(engine)
    store.set_fuel(MOST)
    store.set_limits(memory_size=1 << 26, table_elements=100_000)
    made = wasm.read(data)
    kinds = {export.name: made.function_type(export.index).params
             for export in made.exports if export.kind == "func"}  # fmt: skip
    exports = wasmtime.Instance(store, wasmtime.Module(engine, data), []).exports(store)
    found = []
    for name in names:
        function = exports[name]
        assert isinstance(function, wasmtime.Func)
        before = store.get_fuel()
        try:
            ended = repr(function(store, *[VALUES[kind] for kind in kinds[name]]))
        except wasmtime.Trap as trap:
            ended = f"trap {trap.trap_code}"
        except wasmtime.WasmtimeError:
            ended = "error"
        planted = exports.get(FUEL)
        counted = planted.value(store) if isinstance(planted, wasmtime.Global) else None
        found.append(Called(ended, before - store.get_fuel(), counted))
    return found

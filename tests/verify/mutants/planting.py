"""The separate way to plant faults, one module each, which guarded ones are held against."""

from __future__ import annotations

import zlib

import wasmtime
from tests.hotspots.counting import VALUES, callable_, metered_engine

from wasmtrim import wasm
from wasmtrim.engine.core import BEGIN
from wasmtrim.verify.mutants.faults import Fault, chosen
from wasmtrim.verify.mutants.metamutant import metamutant
from wasmtrim.wasm import Module
from wasmtrim.wasm.rewriting import rewritten

MOST = 1 << 24


def planted(module: Module, fault: Fault) -> bytes:
    """The module with the fault, and nothing else that is new."""
    data = module.data
    if fault.function is None:
        return data[: fault.start] + fault.instead + data[fault.end :]
    start, end = module.body(fault.function)
    body = data[start : fault.start] + fault.instead + data[fault.end : end]
    return rewritten(module, {fault.function: body})


def outcomes(data: bytes, fault: int | None = None) -> list[str]:
    """How each export's call ends and what it leaves in the memories, in one instance."""
    engine = metered_engine()
    store = wasmtime.Store(engine)
    store.set_limits(memory_size=1 << 26, table_elements=100_000)
    store.set_fuel(MOST)
    module, binary = wasm.read(data), wasmtime.Module(engine, data)
    try:
        exports = wasmtime.Instance(store, binary, []).exports(store)
        if fault is not None:
            begin = exports[BEGIN]
            assert isinstance(begin, wasmtime.Func)
            begin(store, fault)
    except (wasmtime.WasmtimeError, wasmtime.Trap) as error:
        return [_ended(error)]
    found = []
    kinds = {export.name: export.index for export in module.exports if export.kind == "func"}
    for name in callable_(module):
        function = exports[name]
        assert isinstance(function, wasmtime.Func)
        if name != BEGIN:
            store.set_fuel(MOST)
            params = module.function_type(kinds[name]).params
            try:
                found.append(repr(function(store, *[VALUES[kind] for kind in params])))
            except (wasmtime.WasmtimeError, wasmtime.Trap) as error:
                found.append(_ended(error))
    for export in module.exports:
        memory = exports[export.name]
        if isinstance(memory, wasmtime.Memory):
            found.append(str(zlib.crc32(memory.read(store))))
    return found


def _ended(error: wasmtime.WasmtimeError | wasmtime.Trap) -> str:
    return f"trap {error.trap_code}" if isinstance(error, wasmtime.Trap) else "error"


def hold(data: bytes, most: int, seed: int = 1) -> int:
    """Hold guarded faults of a module against separately planted ones; tells how many there are."""
    module = wasm.read(data)
    faults = chosen(module, most, seed, range(len(module.functions)))
    made = metamutant(module, faults)
    assert outcomes(made.data, 0) == outcomes(data)
    compared = 0
    for number, fault in enumerate(faults, 1):
        alone, guarded = outcomes(planted(module, fault)), outcomes(made.data, number)
        if not _endless(alone + guarded):
            assert guarded == alone, fault
            compared += 1
    return compared


def _endless(found: list[str]) -> bool:
    """Whether fuel or stack ended one of them, of which guards take more."""
    return any("OUT_OF_FUEL" in one or "STACK" in one for one in found)

"""The list of WASI preview 1 is what wasmtime has under that name."""

from __future__ import annotations

import pytest
import wasmtime

from wasmtrim.wasm import preview1


@pytest.fixture(scope="module")
def hosted() -> tuple[wasmtime.Linker, wasmtime.Store]:
    engine = wasmtime.Engine()
    linker, store = wasmtime.Linker(engine), wasmtime.Store(engine)
    linker.define_wasi()
    store.set_wasi(wasmtime.WasiConfig())
    return linker, store


@pytest.mark.parametrize("name", preview1.FUNCTIONS)
def test_each_function_has_the_type_of_the_host_s(
    name: str, hosted: tuple[wasmtime.Linker, wasmtime.Store]
) -> None:
    linker, store = hosted
    found = linker.get(store, preview1.MODULE, name)
    assert isinstance(found, wasmtime.Func)
    kind = found.type(store)
    results = "".join(f" -> {result}" for result in kind.results)
    assert preview1.FUNCTIONS[name] == f"func({', '.join(map(str, kind.params))}){results}"

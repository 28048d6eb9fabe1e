"""Calls of imports are counted, however their index is written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import wasmtime

from wasmtrim import wasm
from wasmtrim.engine.core import PLANTED
from wasmtrim.verify.differential.trace import traced
from wasmtrim.wasm.rewriting import with_bodies

Assemble = Callable[[str], bytes]
IMPORTS = "".join(f'(import "host" "f{number}" (func))' for number in range(200))


@pytest.mark.parametrize("index", [0, 1, 127, 128, 199])
@pytest.mark.parametrize("more", [0, 1, 3])
def test_a_call_is_counted(index: int, more: int, assemble: Assemble) -> None:
    module = wasm.read(assemble(f'(module {IMPORTS} (func (export "call") (call {index})))'))
    start, end = module.body(200)
    *body, last, end_code = module.data[start:end]
    padded = bytes(body) + (
        bytes([last | 0x80]) + b"\x80" * (more - 1) + b"\0" if more else bytes([last])
    )
    longer = with_bodies(module, {200: padded + bytes([end_code])})
    (counting,) = traced([wasm.read(longer)])
    engine = wasmtime.Engine()
    with wasmtime.Store(engine) as store:
        host = wasmtime.Func(store, wasmtime.FuncType([], []), lambda: None)
        made = wasmtime.Instance(store, wasmtime.Module(engine, counting), [host] * 200)
        exports: Any = made.exports(store)
        exports["call"](store)
        assert exports[f"{PLANTED}0"].value(store) == 1

"""What bulk instructions move is counted wherever there are some; the rest stays as it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import wasmtime

from wasmtrim import wasm
from wasmtrim.wasm import bulk
from wasmtrim.wasm.rewriting import with_bodies

Assemble = Callable[[str], bytes]

MOVES = """(module (memory (export "m") 1 3) (data $d "abcdef")
  (func (export "fill") (memory.fill (i32.const 0) (i32.const 1) (i32.const 300)))
  (func (export "copy") (memory.copy (i32.const 0) (i32.const 1) (i32.const 40)))
  (func (export "init") (memory.init $d (i32.const 0) (i32.const 1) (i32.const 5)))
  (func (export "grow") (result i32) (memory.grow (i32.const 2)))
  (func (export "too much") (result i32) (memory.grow (i32.const 9))))"""


@pytest.mark.parametrize(
    ("name", "moved", "unknown"),
    [
        ("fill", 300 - 10, 0),  # less the instructions that count
        ("copy", 40 - 10, 0),
        ("init", 5 - 10, 0),
        ("grow", 2 - 21, 0),
        ("too much", 9 - 21, 1),
    ],
)
def test_what_is_moved_is_counted(name: str, moved: int, unknown: int, assemble: Assemble) -> None:
    before = wasm.read(assemble(MOVES))
    data = bulk.counted(before)
    assert data
    engine = wasmtime.Engine()
    with wasmtime.Store(engine) as store:
        exports: Any = wasmtime.Instance(store, wasmtime.Module(engine, data), []).exports(store)
        exports[name](store)
        assert [exports[each].value(store) for each in bulk.COUNTS] == [moved, unknown]


@pytest.mark.parametrize(
    "text",
    [
        "(module)",
        "(module (memory 1) (func (drop (memory.size))))",
        "(module (func (drop (i32.trunc_sat_f64_s (f64.const 1)))))",
        '(module (memory 1) (data $d "x") (func (data.drop $d)))',
        "(module (func (drop (i32.const 1148)) (drop (i32.const 64)) (block (unreachable))))",
    ],
    ids=["nothing", "a size", "a conversion", "a drop", "bytes that look alike"],
)
def test_a_module_that_moves_nothing_needs_no_counting(text: str, assemble: Assemble) -> None:
    assert bulk.counted(wasm.read(assemble(text))) == b""


def test_exports_are_added(assemble: Assemble) -> None:
    before = wasm.read(assemble(MOVES.replace('(export "m") ', "")))
    data = bulk.counted(before, [b"\x01n\x02\x00"])
    assert data
    assert {"n", *bulk.COUNTS} <= {export.name for export in wasm.read(data).exports}


@pytest.mark.parametrize("written", [b"\x8b\x00", b"\x8b\x80\x00", b"\x8b\x80\x80\x80\x00"])
def test_an_instruction_that_is_written_with_more_bytes_is_not_missed(
    written: bytes, assemble: Assemble
) -> None:
    text = "(module (memory 1) (func (memory.fill (i32.const 0) (i32.const 1) (i32.const 2))))"
    module = wasm.read(assemble(text))
    start, end = module.body(0)
    body = module.data[start:end].replace(b"\xfc\x0b", b"\xfc" + written)
    assert bulk.counted(wasm.read(with_bodies(module, {0: body}))) is None

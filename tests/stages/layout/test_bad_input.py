"""Modules that are easy to get wrong: the layout is exact, or the data stay and the reason is told.

Exact is judged by wasmtime: what is in the memory and in the table after instantiation.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import wasmtime
from tests.stages.layout import layouts

from wasmtrim import wasm
from wasmtrim.errors import CheckError
from wasmtrim.records.fields import METRICS, Metric
from wasmtrim.stages import layout
from wasmtrim.stages.job import Unchanged
from wasmtrim.stages.layout import Arranged
from wasmtrim.wasm import leb128

Assemble = Callable[[str], bytes]
PAGE = 1 << 16
every_metric = pytest.mark.parametrize("metric", METRICS)


def moved(data: bytes, metric: Metric) -> bytes:
    result = layout.arrange(data, metric)
    assert isinstance(result, Arranged), result
    assert result.after < result.before
    assert result.notes[-1].startswith("exact")
    return result.module


def fixed(data: bytes) -> str:
    """Why the data stay as they are: the module is the same byte for byte."""
    result = layout.arrange(data, "raw")
    assert isinstance(result, Unchanged), result
    reason, _, rest = result.reason.partition(", so data segments are as they were; ")
    assert rest == "no layout is smaller by raw; unchanged"
    return reason


class Instance:
    """A module that wasmtime has instantiated; `imports` are given as they are."""

    def __init__(
        self, data: bytes, *, imports: Callable[[wasmtime.Store], list[Any]] | None = None
    ):
        config = wasmtime.Config()
        for feature in ("memory64", "multi_memory", "threads", "gc", "function_references"):
            setattr(config, f"wasm_{feature}", True)
        config.shared_memory = True
        self.store = wasmtime.Store(wasmtime.Engine(config))
        module = wasmtime.Module(self.store.engine, data)
        given = imports(self.store) if imports else []
        self.exports: Any = wasmtime.Instance(self.store, module, given).exports(self.store)

    def memory(self, name: str, start: int, end: int) -> bytes:
        """The bytes `start..end` of an exported memory."""
        return bytes(self.exports[name].read(self.store, start, end))

    def call(self, name: str, *arguments: int) -> Any:
        return self.exports[name](self.store, *arguments)


def same_memory(
    before: bytes, after: bytes, name: str = "m", start: int = 0, end: int = PAGE
) -> None:
    was, now = (Instance(data).memory(name, start, end) for data in (before, after))
    assert any(was)
    assert now == was


def many_segments(count: int) -> bytes:
    """A module of so many segments, each of two bytes and two bytes from the last."""
    entries = (
        b"\0\x41" + leb128.signed(4 * at) + b"\x0b\x02" + bytes([1 + at % 7, 9])
        for at in range(count)
    )
    data = leb128.unsigned(count) + b"".join(entries)
    memory = b"\x05\x03\x01\0\x08\x07\x05\x01\x01m\x02\0"  # eight pages, exported as m
    return b"\0asm\x01\0\0\0" + memory + b"\x0b" + leb128.unsigned(len(data)) + data


@pytest.mark.parametrize(
    "metric", ["raw", *(pytest.param(name, marks=pytest.mark.long) for name in ("gzip", "brotli"))]
)
def test_a_hundred_thousand_segments(metric: Metric) -> None:
    data = many_segments(100_000)
    after = moved(data, metric)
    assert len(wasm.read(after).segments) == 1
    same_memory(data, after, end=8 * PAGE)


def test_more_segments_than_engines_take_are_refused() -> None:
    with pytest.raises(CheckError, match="100001 data segments; at most 100000 are allowed"):
        layout.arrange(many_segments(100_001), "raw")


def test_overlapping_segments_keep_their_order(assemble: Assemble) -> None:
    data = assemble('(module (memory 1) (data (i32.const 8) "under") (data (i32.const 10) "over"))')
    assert fixed(data) == "a later data segment writes over a part of number 0"


@every_metric
def test_overlapping_segments_of_the_same_bytes(metric: Metric, assemble: Assemble) -> None:
    data = assemble(
        '(module (memory (export "m") 1) (data (i32.const 8) "one and two")'
        ' (data (i32.const 12) "and two, and three") (data (i32.const 16) "two"))'
    )
    same_memory(data, moved(data, metric))


@every_metric
def test_segments_that_end_at_4_gib(metric: Metric, assemble: Assemble) -> None:
    end = 1 << 32
    data = assemble(
        f'(module (memory (export "m") 65536) (data (i32.const {end - 16}) "the last b")'
        f' (data (i32.const {end - 6}) "ytes") (data (i32.const {end - 2}) "of"))'
    )
    same_memory(data, moved(data, metric), start=end - 32, end=end)


def test_a_segment_that_ends_behind_4_gib_fails_as_before(assemble: Assemble) -> None:
    data = assemble('(module (memory 65536) (data (i32.const 0xfffffffe) "abc"))')
    assert fixed(data) == "data segment 0 does not end within its memory"


@every_metric
def test_memory64(metric: Metric, assemble: Assemble) -> None:
    at = (1 << 32) + PAGE - 8
    data = assemble(
        f'(module (memory (export "m") i64 65537) (data (i64.const {at}) "ends ")'
        f' (data (i64.const {at + 5}) "it."))'
    )
    same_memory(data, moved(data, metric), start=at - 8, end=at + 8)


@every_metric
def test_several_memories(metric: Metric, assemble: Assemble) -> None:
    data = assemble(
        '(module (memory (export "a") 1) (memory (export "m") 1)'
        ' (data (memory 1) (i32.const 8) "one and ") (data (memory 0) (i32.const 8) "or")'
        ' (data (memory 1) (i32.const 16) "two") (data (memory 0) (i32.const 10) "else"))'
    )
    after = moved(data, metric)
    same_memory(data, after, "a")
    same_memory(data, after, "m")


@every_metric
def test_shared_memory(metric: Metric, assemble: Assemble) -> None:
    data = assemble(
        '(module (memory 1 1 shared) (data (i32.const 8) "one ") (data (i32.const 12) "two")'
        ' (func (export "at") (param i32) (result i32) (i32.load8_u (local.get 0))))'
    )
    was, now = Instance(data), Instance(moved(data, metric))
    read = [was.call("at", address) for address in range(24)]
    assert bytes(read) == bytes(8) + b"one two" + bytes(9)
    assert [now.call("at", address) for address in range(24)] == read


def test_an_imported_memory_is_left_alone(assemble: Assemble) -> None:
    data = assemble(
        '(module (import "m" "m" (memory 1)) (data (i32.const 8) "a") (data (i32.const 9) "b"))'
    )
    assert fixed(data) == "data segment 0 is for an imported memory"


def test_functions_beside_an_imported_memory_are_ordered(assemble: Assemble) -> None:
    """What the host's memory held is still there between the segments."""
    functions = "(func)" * 199 + f'(func (export "f") (result i32) {"call 199 " * 50} i32.const 7)'
    data = assemble(
        '(module (import "m" "f" (func)) (import "m" "m" (memory 1)) (export "m" (memory 0))'
        f' (data (i32.const 8) "ab\\00\\00\\00\\00\\00\\00\\00\\00c") {functions})'
    )

    def imports(store: wasmtime.Store) -> list[Any]:
        limits = wasmtime.MemoryType(wasmtime.Limits(1, None))
        memory = wasmtime.Memory(store, limits)
        memory.write(store, b"\xee" * 64)
        return [wasmtime.Func(store, wasmtime.FuncType([], []), lambda: None), memory]

    after = moved(data, "raw")
    was, now = Instance(data, imports=imports), Instance(after, imports=imports)
    assert now.memory("m", 0, 64) == was.memory("m", 0, 64)
    assert was.memory("m", 8, 19) == b"ab" + bytes(8) + b"c"
    assert now.call("f") == 7


@every_metric
def test_a_start_function_that_reads_its_own_data(metric: Metric, assemble: Assemble) -> None:
    data = assemble(
        '(module (memory (export "m") 1) (data (i32.const 8) "here") (data (i32.const 12) " it is")'
        " (func (i64.store (i32.const 99) (i64.load (i32.const 9)))) (start 0))"
    )
    after = moved(data, metric)
    same_memory(data, after)
    assert Instance(after).memory("m", 99, 107) == b"ere it i"


ELEM_EXPRESSIONS = """
(module
  (type $t (func (result i32)))
  (global $last funcref (ref.func $f150))
  (table $now 4 funcref)
  (table $full 2 funcref (ref.func $f199))
  (elem (table $now) (i32.const 0) funcref
    (ref.func $f199) (ref.null func) (item ref.func $f3) (global.get $last))
  (func (export "call") (param i32) (result i32)
    (call_indirect $now (type $t) (local.get 0)))
  (func (export "full") (param i32) (result i32)
    (call_indirect $full (type $t) (local.get 0)))
  {functions})
"""


def test_elem_expressions(assemble: Assemble) -> None:
    """Functions get other numbers, and the tables hold the same functions."""
    functions = "".join(
        f"(func $f{at} (result i32) {'call $f199 drop ' * 9 if at < 40 else ''} i32.const {at})"
        for at in range(200)
    )
    data = layouts.stripped(assemble(ELEM_EXPRESSIONS.replace("{functions}", functions)))
    after = moved(data, "raw")
    for instance in map(Instance, (data, after)):
        assert [instance.call("call", at) for at in (0, 2, 3)] == [199, 3, 150]
        assert [instance.call("full", at) for at in (0, 1)] == [199, 199]
        with pytest.raises(wasmtime.Trap, match="uninitialized element"):
            instance.call("call", 1)


GC_TYPES = """
(module
  (rec
    (type $node (struct (field (ref null $node)) (field (mut i32))))
    (type $f (func (result i32))))
  (type $bytes (array (mut i8)))
  (global $first (ref $node) (struct.new $node (ref.null $node) (i32.const 42)))
  (table 2 (ref null $f) (ref.func $f199))
  (memory (export "m") 1)
  (data (i32.const 8) "one ") (data (i32.const 12) "two")
  (data $text "passive")
  (func (export "value") (result i32) (struct.get $node 1 (global.get $first)))
  (func (export "letter") (param i32) (result i32)
    (array.get_u $bytes (array.new_data $bytes $text (i32.const 0) (i32.const 7)) (local.get 0)))
  (func (export "call") (result i32) (call_ref $f (ref.as_non_null (table.get (i32.const 1)))))
  {functions})
"""


@every_metric
def test_gc_types(metric: Metric, assemble: Assemble) -> None:
    functions = "".join(
        f"(func $f{at} (type $f) {'call $f199 drop ' * 9 if at < 40 else ''} i32.const {at})"
        for at in range(200)
    )
    data = layouts.stripped(assemble(GC_TYPES.replace("{functions}", functions)))
    after = moved(data, metric)
    same_memory(data, after)
    for instance in map(Instance, (data, after)):
        assert instance.call("value") == 42
        assert bytes(instance.call("letter", at) for at in range(7)) == b"passive"
        assert instance.call("call") == 199

"""Damaged and made-up modules are accounted for or refused with section and offset."""

from __future__ import annotations

import random

import pytest

from wasmtrim import wasm
from wasmtrim.attribution import Items, owners
from wasmtrim.attribution.names.unstripped import compare
from wasmtrim.attribution.reachability.graph import Graph
from wasmtrim.errors import ModuleError


def account(data: bytes) -> bool:
    """Everything that attribution does; False where the module is refused."""
    try:
        module = wasm.read(data)
        found = owners(module)
        items = Items(found)
        assert sum(item.bytes for item in items) == len(data)
        graph = Graph(found)
        assert len(graph.retained) == len(module.functions)
        graph.chain(range(len(module.functions)))
        compare(module, module)
    except ModuleError as refused:
        assert 0 <= refused.offset <= len(data)  # noqa: PT017
        return False
    return True


def damaged(data: bytes, seed: int) -> bytes:
    choice = random.Random(seed)
    changed = bytearray(data)
    for _ in range(choice.randrange(1, 6)):
        at = choice.randrange(len(changed))
        match choice.randrange(4):
            case 0:
                changed[at] ^= 1 << choice.randrange(8)
            case 1:
                changed[at] = choice.choice([0, 0x7F, 0x80, 0xFF])
            case 2:
                del changed[at : at + choice.randrange(1, 9)]
            case _:
                changed[at:at] = choice.randbytes(choice.randrange(1, 9))
    return bytes(changed[: choice.randrange(len(changed))] if choice.random() < 0.1 else changed)


SMALL = """
(module
  (type $s (struct (field i32)))
  (import "a" "f" (func $f (param i32)))
  (import "a" "m" (memory 1))
  (tag $t (param i32))
  (table $tab 4 funcref)
  (global $g funcref (ref.func $x))
  (func $x (export "x") (block (try_table (catch_all 0) (call $f (i32.const 1)))))
  (func $y (result i32) (local i64 f32) (block (br_table 0 0 0 (i32.const 0))) (i32.const 2))
  (elem (table $tab) (i32.const 0) func $x $y)
  (elem declare func $f)
  (data (i32.const 0) "some data")
  (start $z)
  (func $z (drop (call $y)))
)
"""


@pytest.fixture(scope="module")
def small(wat: object) -> bytes:
    assert callable(wat)
    module = wat(SMALL)
    assert isinstance(module, wasm.Module)
    return module.data


def test_a_small_module_damaged_in_many_ways(small: bytes) -> None:
    verdicts = [account(damaged(small, seed)) for seed in range(3_000)]
    assert 100 < sum(verdicts) < 2_900


def test_every_cut_of_a_small_module(small: bytes) -> None:
    assert account(small)
    for size in range(len(small)):
        account(small[:size])


def test_a_real_module_damaged(tinygo_module: wasm.Module) -> None:
    for seed in range(150):
        account(damaged(tinygo_module.data, seed))


@pytest.mark.long
def test_real_modules_damaged_in_many_ways(
    tinygo_module: wasm.Module, go_modules: dict[str, wasm.Module]
) -> None:
    for seed in range(5_000):
        account(damaged(tinygo_module.data, seed))
    for seed in range(300):
        account(damaged(go_modules["stripped"].data, seed))


def test_blocks_nested_100000_deep_need_no_recursion() -> None:
    depth = 100_000
    body = b"\0" + b"\2\x40" * depth + b"\x0b" * depth + b"\x0b"

    def leb(value: int) -> bytes:
        return bytes([value & 0x7F | 0x80, value >> 7 & 0x7F | 0x80, value >> 14])

    code = b"\1" + leb(len(body)) + body
    data = b"\0asm\1\0\0\0\1\4\1\x60\0\0\3\2\1\0\x0a" + leb(len(code)) + code
    assert account(data)

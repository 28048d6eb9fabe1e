from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wasmtrim import wasm
from wasmtrim.errors import ModuleError
from wasmtrim.wasm import image
from wasmtrim.wasm.types import MemoryType

EMPTY = b"\0asm\1\0\0\0"
EVERYTHING = """
(module $thing
  (type $pair (struct (field i32) (field (mut i8))))
  (import "env" "now_ms" (func $now (result i64)))
  (import "env" "stop" (global $stop (mut i32)))
  (tag $oops (param i32))
  (table $t 3 8 funcref)
  (memory $m 1 16)
  (global $g funcref (ref.func $add))
  (func $add (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
  (func $main (export "_start") (drop (call $now)))
  (export "memory" (memory $m))
  (export "oops" (tag $oops))
  (export "g" (global $g))
  (start $main)
  (elem (i32.const 1) $add $main)
  (data (i32.const 16) "hello")
  (data "passive")
  (@custom "extra" "bytes"))
"""


@pytest.fixture(scope="module")
def everything(wat: Callable[[str], bytes]) -> wasm.Module:
    return wasm.read(wat(EVERYTHING))


def test_imports_have_types(everything: wasm.Module) -> None:
    assert [f"{i.module}.{i.name}: {i.type}" for i in everything.imports] == [
        "env.now_ms: func() -> i64",
        "env.stop: global(mut i32)",
    ]


def test_exports_have_types_and_indices_that_count_imports(everything: wasm.Module) -> None:
    assert [f"{e.name} {e.index}: {e.type}" for e in everything.exports] == [
        "add 1: func(i32, i32) -> i32",
        "_start 2: func()",
        "memory 0: memory(1..16 pages)",
        "oops 0: tag(i32)",
        "g 1: global(funcref)",
    ]


def test_a_module_that_was_just_read_is_not_read_again() -> None:
    assert wasm.read_binary(EMPTY) is wasm.read_binary(bytes(bytearray(EMPTY)))


def test_the_rest_is_there(everything: wasm.Module) -> None:
    assert everything.start == 2
    assert everything.imported_functions == 1
    assert [str(table) for table in everything.tables] == ["table(3..8 funcref)"]
    assert everything.memories == [MemoryType(1, 16)]
    assert everything.initial == [1]
    (segment,) = everything.elements
    assert (segment.mode, segment.base, list(segment.functions)) == ("active", 1, [1, 2])
    assert [everything.data[s.start : s.end] for s in everything.segments] == [b"hello", b"passive"]
    assert [s.name for s in everything.customs()] == ["extra", "name"]
    start, end = everything.body(1)
    assert everything.data[start:end] == bytes.fromhex("00 20 00 20 01 6a 0b")


def test_memory_is_as_the_segments_leave_it(everything: wasm.Module) -> None:
    assert image.extent(everything) == (16, 21)
    assert image.read(everything, 14, 24) == b"\0\0hello\0\0\0"


ADDRESSES = [0, 1, 63, 64, 8191, 8192, 0xFFFFF, 0x100000, 0x7FFFFFF, 0x8000000, 0x7FFFFFFF]


@pytest.mark.parametrize("address", [*ADDRESSES, 0x80000000, 0xFFFFFFF0])
def test_a_segment_has_its_address(wat: Callable[[str], bytes], address: int) -> None:
    text = f'(module (memory 65536) (data (i32.const {address}) "abc") (data (i32.const 9) "d"))'
    module = wasm.read(wat(text))
    assert [segment.base for segment in module.segments] == [address, 9]
    assert image.read(module, address, address + 3) == b"abc"


def test_a_segment_at_no_constant_address_has_none(wat: Callable[[str], bytes]) -> None:
    module = wasm.read(
        wat(
            '(module (import "m" "base" (global i32)) (memory 1) (memory $other i64 1)'
            ' (data (global.get 0) "abc")'
            ' (data (offset i32.const 1 i32.const 2 i32.add) "d")'
            ' (data (memory $other) (i64.const 5) "e"))'
        )
    )
    assert [(s.memory, s.base) for s in module.segments] == [(0, None), (0, None), (1, 5)]


def test_an_import_may_come_twice(wat: Callable[[str], bytes]) -> None:
    twice = '(import "w" "fd_write" (func)) (import "w" "fd_write" (func))'
    assert len(wasm.read(wat(f"(module {twice})")).imports) == 2


@pytest.mark.parametrize(
    ("name", "text", "shown"),
    [
        ("memory64", "(memory i64 1 2)", "memory(1..2 pages, 64-bit)"),
        ("shared", "(memory 1 2 shared)", "memory(1..2 pages, shared)"),
        ("small pages", "(memory 1 2 (pagesize 1))", "memory(1..2 pages of 1 bytes)"),
        ("table64", "(table i64 1 externref)", "table(1.. externref, 64-bit)"),
        (
            "reference",
            "(type $f (func)) (table 0 (ref null $f))",
            "table(0.. (ref null 0))",
        ),
    ],
)
def test_newer_types(wat: Callable[[str], bytes], name: str, text: str, shown: str) -> None:
    module = wasm.read(wat(f"(module {text})"))
    assert [str(kind) for kind in [*module.memories, *module.tables]] == [shown]


def section(identifier: int, contents: bytes) -> bytes:
    assert len(contents) < 128
    return bytes([identifier, len(contents)]) + contents


FUNC = section(1, b"\x01\x60\x00\x00")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "header at byte 0: not WebAssembly: it begins with nothing, the file is empty"),
        (
            b"\x7fELF",
            "header at byte 0: not WebAssembly: it is a program for another machine; build",
        ),
        (b"hello", "header at byte 0: not WebAssembly: it begins with 68 65 6c 6c, not with 00 61"),
        (b";; a\n(; b ;) (module)", "not WebAssembly: it is WebAssembly text; make a binary of it"),
        (b"\x1f\x8b\x08", "not WebAssembly: it is compressed by gzip; unpack it first"),
        (
            b"<!doctype html>",
            "not WebAssembly: it is a page of HTML or XML, such as a server sends",
        ),
        (b"version https://git-lfs.github.com/spec/v1\n", "it is a pointer of Git LFS; fetch"),
        (b"(;;)" * 64, "it begins with 28 3b 3b 29"),
        (b"\0asm", "header at byte 4: the version is missing"),
        (b"\0asm\2\0\0\0", "header at byte 4: the version is 02 00 00 00; only 01 00 00 00"),
        (b"\0asm\x0d\0\1\0", "header at byte 4: this is a component"),
        (EMPTY + b"\0\1\0" * 100_001, "module at byte 300008: 100001 sections; at most 100000"),
        (EMPTY + b"\x0f\0", "module at byte 8: section id 15 is unknown"),
        (EMPTY + b"\1", "type section at byte 9: its size is missing, the section ends"),
        (EMPTY + b"\1\x05\0", "type section at byte 10: it has 5 bytes, but only 1 are left"),
        (EMPTY + FUNC + FUNC, "type section at byte 14: comes twice"),
        (EMPTY + section(3, b"\0") + FUNC, "type section at byte 11: comes after the function one"),
        (EMPTY + section(1, b"\1\x61"), "type section at byte 11: 0x61 is not a type"),
        (
            EMPTY + section(1, b"\1\x60\0\0\0"),
            "at byte 14: 1 bytes are left over after its entries",
        ),
        (EMPTY + section(3, b"\1\0"), "function section at byte 11: type 0 does not exist"),
        (EMPTY + FUNC + section(3, b"\1\0"), "0 bodies for 1 functions"),
        (EMPTY + FUNC + section(10, b"\1\2\0\x0b"), "1 bodies for 0 functions"),
        (EMPTY + section(12, b"\1"), "data count section at byte 8: 1 data segments are announced"),
        (EMPTY + section(11, b"\1\0\x41\0\x0b\0"), "memory 0 does not exist"),
        (EMPTY + section(7, b"\1\0\0\0"), "export section at byte 13: function 0 does not exist"),
        (EMPTY + section(8, b"\0"), "start section at byte 10: function 0 does not exist"),
        (EMPTY + section(6, b"\1\x7f\0\x6f\x0b"), "a global's initial value: 0x6f begins no const"),
        (EMPTY + section(5, b"\1\x10\1"), "memory section at byte 11: 0x10 are not flags"),
        (
            EMPTY + section(1, b"\xff\xff\xff\xff\x0f"),
            "4294967295 recursion groups; at most 1000000",
        ),
        (EMPTY + section(0, b"\2\xc3\x28"), "custom section at byte 10: its name is not UTF-8"),
    ],
)
def test_bytes_that_are_no_module_are_told_by_section_and_byte(data: bytes, said: str) -> None:
    with pytest.raises(ModuleError) as caught:
        wasm.read(data)
    assert said in str(caught.value)


@settings(max_examples=500)
@given(
    changes=st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=5),
    cut=st.integers(0, 10_000),
)
def test_a_damaged_module_is_read_or_refused(
    everything: wasm.Module, changes: list[tuple[int, int]], cut: int
) -> None:
    damaged = bytearray(everything.data)
    for at, value in changes:
        damaged[at % len(damaged)] = value
    data = bytes(damaged[: len(damaged) - cut % len(damaged)] if cut % 3 == 0 else damaged)
    try:
        module = wasm.read(data)
    except ModuleError:
        return
    assert module.sections == () or module.sections[-1].end == len(data)


@pytest.mark.parametrize("count", [1_000_000])
def test_a_million_empty_functions_are_read(count: int) -> None:
    data = many_functions(count)
    assert len(wasm.read(data).starts[10]) == count


def many_functions(count: int) -> bytes:
    def leb(value: int) -> bytes:
        parts = []
        while value >= 0x80:
            parts.append(value & 0x7F | 0x80)
            value >>= 7
        return bytes([*parts, value])

    def vector(identifier: int, entry: bytes) -> bytes:
        contents = leb(count) + entry * count
        return bytes([identifier]) + leb(len(contents)) + contents

    return EMPTY + FUNC + vector(3, b"\0") + vector(10, b"\2\0\x0b")

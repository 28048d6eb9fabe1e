"""A component's outer layer: its sections, what it imports and exports, the modules in it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wasmtrim import wasm
from wasmtrim.errors import ModuleError
from wasmtrim.wasm import component
from wasmtrim.wasm.type_texts import parse
from wasmtrim.wasm.types import matches

Wat = Callable[[str], bytes]

PREAMBLE = b"\0asm\x0d\0\1\0"
TEXT = """
(component
  (import "wasi:clocks/wall-clock@0.2.0" (instance $clock))
  (import "wanted" (func $wanted))
  (import "kind" (type (sub resource)))
  (core module $program (func (export "run")) (memory 2))
  (component $inner
    (core module (func))
    (component (core module (func) (func))))
  (core instance $made (instantiate $program))
  (func $run (canon lift (core func $made "run")))
  (instance $face (export "run" (func $run)))
  (export "example:face/run@1.0.0" (instance $face))
  (export "run" (func $run))
  (export "inner" (component $inner))
  (@custom "note" "hello"))
"""


@pytest.fixture(scope="module")
def data(wat: Wat) -> bytes:
    return wat(TEXT)


def test_imports_and_exports_have_their_kinds(data: bytes) -> None:
    found = component.read(data)
    assert [(e.key, str(e.type)) for e in found.imports] == [
        ("wasi:clocks/wall-clock@0.2.0", "instance"),
        ("wanted", "func"),
        ("kind", "type"),
    ]
    assert [(e.key, str(e.type)) for e in found.exports] == [
        ("example:face/run@1.0.0", "instance"),
        ("run", "func"),
        ("inner", "component"),
    ]
    assert matches(parse("instance"), found.exports[0].type)
    assert not matches(parse("instance"), found.exports[1].type)
    assert not matches(parse("func()"), found.exports[1].type)


def test_core_modules_are_found_at_every_depth(data: bytes) -> None:
    found = component.read(data)
    assert [len(nested.module.functions) for nested in found.modules] == [1, 1, 2]
    for nested in found.modules:
        end = nested.offset + len(nested.module.data)
        assert data[nested.offset : end] == nested.module.data
    assert [at for at, _ in found.components] == sorted(at for at, _ in found.components)
    assert "note" in {section.name for section in found.customs()}


def test_the_sections_cover_the_file(data: bytes) -> None:
    at = len(PREAMBLE)
    for section in component.read(data).sections:
        assert section.offset == at
        at = section.end
    assert at == len(data)


def test_either_binary_is_read_as_what_it_is(data: bytes) -> None:
    assert isinstance(wasm.read_binary(data), wasm.Component)
    assert isinstance(wasm.read_binary(b"\0asm\1\0\0\0"), wasm.Module)
    with pytest.raises(ModuleError, match="this is a component"):
        wasm.read(data)


@pytest.mark.parametrize(
    ("tail", "says"),
    [
        (b"\x0d\0", "component at byte 8: section id 13 is unknown; known are 0 to 12"),
        (b"\1\x7f", "it has 127 bytes, but only 0 are left"),
        (b"\1\4\0asm", "header of the core module at byte 14: the version is missing"),
        (b"\1\x08" + PREAMBLE, "this is a component"),
        (b"\4\x08\0asm\1\0\0\0", "the version is 01 00 00 00; only 0d 00 01 00 is known"),
        (b"\x0a\5\1\2\1x\1", "an import's name has the form 2; known are 0 and 1"),
        (b"\x0a\6\1\0\1x\x09\0", "sort 9 is unknown; known are 0 to 5"),
        (b"\x0a\7\1\0\1x\0\0\0", "core sort 0x0 has no place here; 0x11 has"),
        (b"\x0a\7\1\0\1x\1\0\0", "1 bytes are left over after its entries"),
        (b"\x0b\1\x7f", "127 exports do not fit into 0 bytes"),
    ],
)
def test_what_is_no_component_is_told_with_its_place(tail: bytes, says: str) -> None:
    with pytest.raises(ModuleError) as caught:
        component.read(PREAMBLE + tail)
    assert says in str(caught.value)


def test_components_that_are_nested_without_end_are_refused() -> None:
    data = PREAMBLE
    for _ in range(20):
        size = len(data)
        data = PREAMBLE + bytes([4, size & 127 | 128, size >> 7]) + data
    with pytest.raises(ModuleError, match="nested more than 16 deep"):
        component.read(data)


@given(st.data())
def test_damaged_bytes_are_read_or_refused(data: bytes, changes: st.DataObject) -> None:
    damaged = bytearray(data)
    for at in changes.draw(st.lists(st.integers(8, len(data) - 1), min_size=1, max_size=4)):
        damaged[at] = changes.draw(st.integers(0, 255))
    cut = changes.draw(st.integers(0, len(data)))
    for hostile in (bytes(damaged), data[:cut]):
        try:
            component.read(hostile)
        except ModuleError:
            continue

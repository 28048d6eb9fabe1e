"""Constants that a module repeats, as globals: smaller, and they read the same."""

from __future__ import annotations

import struct
from collections.abc import Callable

import pytest
import wasmtime
from hypothesis import given
from hypothesis import strategies as st
from tests.stages.layout import layouts

from wasmtrim import wasm
from wasmtrim.errors import ToolError
from wasmtrim.stages import layout
from wasmtrim.stages.layout import constants
from wasmtrim.wasm import leb128, names, sections

Assemble = Callable[[str], bytes]
# A type, its byte, and the opcode of its constant (specification 3.0, sections 5.3.1 and 5.4.9).
KINDS = {"i32": (0x7F, 0x41), "i64": (0x7E, 0x42), "f32": (0x7D, 0x43), "f64": (0x7C, 0x44)}


def constant(kind: str, bits: int) -> bytes:
    """The instruction; `bits` are the number's, signed."""
    code = bytes([KINDS[kind][1]])
    if kind in ("i32", "i64"):
        return code + leb128.signed(bits)
    return code + struct.pack("<i" if kind == "f32" else "<q", bits)


def giving(values: list[tuple[str, int]]) -> bytes:
    """A module whose functions give one constant each, exported as their numbers."""

    def section(identifier: int, entries: list[bytes]) -> bytes:
        content = leb128.unsigned(len(entries)) + b"".join(entries)
        return bytes([identifier]) + leb128.unsigned(len(content)) + content

    texts = [b"\0" + constant(*value) + b"\x0b" for value in values]
    names = [str(at).encode() for at in range(len(values))]
    return (
        b"\0asm\1\0\0\0"
        + section(sections.TYPE, [bytes([0x60, 0, 1, kind]) for kind, _ in KINDS.values()])
        + section(sections.FUNCTION, [bytes([[*KINDS].index(kind)]) for kind, _ in values])
        + section(
            sections.EXPORT,
            [bytes([len(n)]) + n + b"\0" + leb128.unsigned(at) for at, n in enumerate(names)],
        )
        + section(sections.CODE, [leb128.unsigned(len(text)) + text for text in texts])
    )


def given_by(data: bytes, count: int) -> list[str]:
    """What the functions give, by wasmtime; the sign of a NaN counts for nothing."""
    store = wasmtime.Store()
    exports = wasmtime.Instance(store, wasmtime.Module(store.engine, data), []).exports(store)
    results = []
    for at in range(count):
        function = exports[str(at)]
        assert isinstance(function, wasmtime.Func)
        results.append(repr(function(store)))
    return results


@st.composite
def repeated(draw: st.DrawFn) -> list[tuple[str, int]]:
    """Up to eight constants, each up to twenty times."""

    def value(kind: str) -> st.SearchStrategy[tuple[str, int]]:
        bits = 31 if kind in ("i32", "f32") else 63
        return st.tuples(st.just(kind), st.integers(-(1 << bits), (1 << bits) - 1))

    distinct = draw(st.lists(st.one_of([value(kind) for kind in KINDS]), min_size=1, max_size=8))
    return draw(st.lists(st.sampled_from(distinct), min_size=1, max_size=20))


@given(repeated())
def test_each_function_gives_the_same(values: list[tuple[str, int]]) -> None:
    data = giving(values)
    pooled = constants.pool(wasm.read(data))
    if pooled is None:
        longest = max(len(constant(*value)) * values.count(value) for value in values)
        assert longest < 40  # bytes in one number's places: nothing to gain
        return
    assert len(pooled.module) < len(data)
    assert given_by(pooled.module, len(values)) == given_by(data, len(values))


def test_an_address_that_is_used_often_is_written_once(assemble: Assemble) -> None:
    body = "(drop (i32.const 1050000))" * 5 + "(drop (i32.const 7))" * 50
    data = assemble(f"(module (func {body}))")
    result = layout.arrange(data, "raw")
    assert isinstance(result, layout.Arranged)
    # Five times five bytes become five times two, a section of 11 bytes with one global.
    assert len(data) - len(result.module) == 5 * 3 - 11
    assert "5 constants are read from 1 globals" in result.notes
    _, others = layouts.printed(result.module)
    assert "(global i32 i32.const 1050000)" in others


def test_vectors_count_and_numbers_follow_those_of_the_module(assemble: Assemble) -> None:
    vector = "(drop (v128.const i64x2 1 2))"
    globals_ = "(global (mut i32) (i32.const 0))" * 128
    data = assemble(f"(module {globals_} (func {vector * 3}))")
    pooled = constants.pool(wasm.read(data))
    assert pooled
    assert (pooled.count, pooled.uses) == (1, 3)
    assert len(data) - len(pooled.module) == 3 * (18 - 3) - 21


@pytest.mark.parametrize(
    "body",
    [
        "(drop (i32.const 1050000))" * 3,  # a global takes more than it saves
        "(drop (i32.const 1))" * 100,  # no shorter way to say it
    ],
)
def test_what_gains_nothing_stays(body: str, assemble: Assemble) -> None:
    assert constants.pool(wasm.read(assemble(f"(module (func {body}))"))) is None


def test_functions_with_branch_hints_stay(assemble: Assemble) -> None:
    """A hint names its instruction by where it lies."""
    data = assemble(
        f"(module (func (param i32) {'(drop (f64.const 1.5))' * 9}"
        ' (@metadata.code.branch_hint "\\00") (if (local.get 0) (then))))'
    )
    assert constants.pool(wasm.read(data)) is None


@pytest.mark.parametrize("use", ["(drop (global.get 1))", "(global.set 1 (i32.const 1))"])
def test_a_module_that_names_a_missing_global_stays(use: str, assemble: Assemble) -> None:
    """Another global would get its number. It is not valid, and no reader of ours has seen that."""
    text = f"(module (global i32 (i32.const 1)) (func {use} {'(drop (f64.const 1.5))' * 9}))"
    assert constants.pool(wasm.read(assemble(text))) is None


def test_a_wrong_result_is_found_out(assemble: Assemble) -> None:
    data = assemble(f"(module (func {'(drop (f64.const 1.5))' * 9}))")
    module = wasm.read(data)
    pooled = constants.pool(module)
    assert pooled
    constants.prove(module, pooled.module)
    number = struct.pack("<d", 1.5)
    mutable = pooled.module.replace(b"\x7c\0\x44", b"\x7c\1\x44")
    other = pooled.module.replace(number, struct.pack("<d", 2.5))
    for wrong in (other, mutable, data.replace(number, struct.pack("<d", 2.5))):
        with pytest.raises(ToolError, match="this is a bug of wasmtrim"):
            constants.prove(module, wrong)


def test_names_change_nothing(assemble: Assemble) -> None:
    """Else the module that tells whose bytes are whose would have other code."""
    plain = assemble(f"(module (func {'(drop (f64.const 1.5))' * 9}))")
    pooled, named = (constants.pool(wasm.read(data)) for data in (plain, layouts.named(plain)))
    assert pooled
    assert named
    assert names.without(named.module) == pooled.module

"""The terms of a body say what wasmtime does, trap for trap."""

from __future__ import annotations

from random import Random

from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.symbolic.calls import by_terms, by_wasmtime, module
from tests.symbolic.programs import Writer

from wasmtrim.symbolic import numbers

EDGES = (0, 1, 2, 31, 32, 33, 63, 64, 0x7F, 0x80, 0x7FFF, 0x8000, 0x7FFFFFFF, 0x80000000,
         0xFFFFFFFF, 1 << 63, (1 << 63) - 1, (1 << 64) - 1,
         # floats: infinities, NaNs, the smallest, -0, 1
         0x7F800000, 0xFF800000, 0x7F800001, 0x7FC00000, 0xFFC00000, 0x3F800000,
         0x7FF0 << 48, 0xFFF0 << 48, (0x7FF0 << 48) + 1, 0x7FF8 << 48, 0x3FF0 << 48)  # fmt: skip
COMPARING = ("eqz", "eq", "ne", "lt_s", "lt_u", "gt_s", "gt_u", "le_s", "le_u", "ge_s", "ge_u")
FLOAT_COMPARING = ("eq", "ne", "lt", "gt", "le", "ge")
INTEGERS = ("clz", "ctz", "popcnt", "add", "sub", "mul", "div_s", "div_u", "rem_s", "rem_u", "and",
            "or", "xor", "shl", "shr_s", "shr_u", "rotl", "rotr")  # fmt: skip
NUMBERS = st.sampled_from(EDGES) | st.integers(0, (1 << 64) - 1)


def takes_and_leaves(code: int) -> tuple[str, str, str]:
    """What an instruction takes and leaves, and what it is as text."""
    for first, kind, listed, leaves in (
        (0x45, "i32", COMPARING, "i32"),
        (0x50, "i64", COMPARING, "i32"),
        (0x5B, "f32", FLOAT_COMPARING, "i32"),
        (0x61, "f64", FLOAT_COMPARING, "i32"),
        (0x67, "i32", INTEGERS, "i32"),
        (0x79, "i64", INTEGERS, "i64"),
        (0x8B, "f32", ["abs", "neg"], "f32"),
        (0x98, "f32", ["copysign"], "f32"),
        (0x99, "f64", ["abs", "neg"], "f64"),
        (0xA6, "f64", ["copysign"], "f64"),
    ):
        if first <= code < first + len(listed):
            return kind, leaves, f"{kind}.{listed[code - first]}"
    return {
        0xA7: ("i64", "i32", "i32.wrap_i64"),
        0xAC: ("i32", "i64", "i64.extend_i32_s"),
        0xAD: ("i32", "i64", "i64.extend_i32_u"),
        0xBC: ("f32", "i32", "i32.reinterpret_f32"),
        0xBD: ("f64", "i64", "i64.reinterpret_f64"),
        0xBE: ("i32", "f32", "f32.reinterpret_i32"),
        0xBF: ("i64", "f64", "f64.reinterpret_i64"),
        0xC0: ("i32", "i32", "i32.extend8_s"),
        0xC1: ("i32", "i32", "i32.extend16_s"),
        0xC2: ("i64", "i64", "i64.extend8_s"),
        0xC3: ("i64", "i64", "i64.extend16_s"),
        0xC4: ("i64", "i64", "i64.extend32_s"),
    }[code]


def function(code: int) -> str:
    """A function that only runs the instruction; floats come and go as their bits."""
    takes, leaves, text = takes_and_leaves(code)
    as_integer = {"f32": "i32", "f64": "i64"}
    given_as = as_integer.get(takes, takes)
    count, _ = numbers.EXACT[code]
    operands = " ".join(
        f"({takes}.reinterpret_{given_as} (local.get {at}))"
        if takes in as_integer
        else f"(local.get {at})"
        for at in range(count)
    )
    value = f"({text} {operands})"
    if leaves in as_integer:
        value = f"({as_integer[leaves]}.reinterpret_{leaves} {value})"
    parameters = " ".join([given_as] * count)
    return f"(param {parameters}) (result {as_integer.get(leaves, leaves)}) {value}"


CODES = sorted(numbers.EXACT)
ALONE = module(*map(function, CODES))


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(CODES), NUMBERS, NUMBERS)
@example(0x6D, 0x80000000, 0xFFFFFFFF)
@example(0x6F, 0x80000000, 0xFFFFFFFF)
@example(0x7F, 1 << 63, (1 << 64) - 1)
@example(0x5B, 0x80000000, 0)
def test_each_exact_instruction_gives_what_wasmtime_gives(code: int, one: int, two: int) -> None:
    takes, _, _ = takes_and_leaves(code)
    size = 1 << numbers.WIDTHS[takes]
    count, _ = numbers.EXACT[code]
    arguments, number = [one % size, two % size][:count], CODES.index(code)
    done = by_wasmtime(ALONE, arguments, number)
    assert by_terms(ALONE, arguments, done, number) == done


@settings(max_examples=150, deadline=None)
@given(st.randoms(use_true_random=False), st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS))
def test_a_body_does_what_wasmtime_does(chance: Random, given_: tuple[int, ...]) -> None:
    data = module(Writer(chance).function())
    arguments = [given_[0] % (1 << 32), given_[1] % (1 << 32), *given_[2:]]
    done = by_wasmtime(data, arguments)
    assert by_terms(data, arguments, done) == done


def test_a_value_comes_out_of_nested_blocks_by_any_way() -> None:
    text = """(param i32 i32) (result i32)
      (block (result i32)
        (block (result i32)
          (br_if 1 (i32.const 10) (i32.eqz (local.get 0)))
          (drop)
          (br_table 0 1 0 (i32.const 20) (local.get 0)))
        (i32.add (i32.const 1))
        (if (param i32) (result i32) (local.get 1)
          (then (i32.const 2) (i32.mul))
          (else (br 1))))"""
    data = module(text)
    for arguments in ((0, 0), (1, 0), (2, 1), (2, 0), (9, 9)):
        done = by_wasmtime(data, arguments)
        assert by_terms(data, arguments, done) == done

"""What is the same is proven, what is not is refuted, and nothing is claimed of the rest."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.symbolic.calls import AROUND, body, by_wasmtime, is_valid, module, verdict
from tests.symbolic.programs import Writer

from wasmtrim.symbolic.comparison import Surroundings, compare

A, B = "(local.get 0)", "(local.get 1)"
ONE = "(param i32) (result i32)"
TWO = "(param i32 i32) (result i32)"
LONG = "(param i64 i64) (result i64)"
FLOATS = "(param f64 f64) (result f64)"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (f"{ONE} (i32.mul {A} (i32.const 8))", f"{ONE} (i32.shl {A} (i32.const 3))"),
        (f"{ONE} (i32.shl {A} (i32.const 35))", f"{ONE} (i32.shl {A} (i32.const 3))"),
        (f"{ONE} (i32.div_u {A} (i32.const 4))", f"{ONE} (i32.shr_u {A} (i32.const 2))"),
        (f"{ONE} (i32.eqz (i32.eqz (i32.eqz {A})))", f"{ONE} (i32.eqz {A})"),
        (f"{TWO} (if (result i32) {A} (then {B}) (else (i32.const 2)))",
         f"{TWO} (select {B} (i32.const 2) {A})"),
        (f"{TWO} (i32.store {A} {B}) (i32.load {A})",
         f"{TWO} (i32.store {A} {B}) {B}"),
        (f"(param i32) (i32.store8 {A} (i32.const 1)) (i32.store8 {A} (i32.const 2))",
         f"(param i32) (i32.store8 {A} (i32.const 2))"),
        (f"{ONE} (local i32) (local.set 1 {A}) (i32.add {B} (i32.const 0))",
         f"{ONE} {A}"),
        (f"(param i32 i32) (drop (i32.div_u {A} {B}))",
         f"(param i32 i32) (if (i32.eqz {B}) (then unreachable))"),
        ("(result i32) (if (result i32) (i32.const 0) (then unreachable) (else (i32.const 4)))",
         "(result i32) (i32.const 4)"),
        (f"{FLOATS} (f64.neg (f64.neg (f64.add {A} {B})))",
         f"{FLOATS} (f64.add {A} {B})"),
        (f"(param f64 f64) (result i32) (i32.eqz (f64.eq {A} {B}))",
         f"(param f64 f64) (result i32) (f64.ne {A} {B})"),
    ],
)  # fmt: skip
def test_what_is_the_same_is_proven(old: str, new: str) -> None:
    assert verdict(old, new).kind == "proven"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        # Each a real class of fault of optimizers.
        (f"{ONE} (i32.div_s {A} (i32.const 4))", f"{ONE} (i32.shr_s {A} (i32.const 2))"),
        (f"{ONE} (i32.lt_s {A} (i32.const 9))", f"{ONE} (i32.lt_u {A} (i32.const 9))"),
        (f"{TWO} (i32.shr_u {A} {B})",
         f"{TWO} (i32.shr_u {A} (i32.and {B} (i32.const 15)))"),
        # a trap that is lost, and one that comes too early
        (f"(param i32 i32) (drop (i32.div_s {A} {B}))",
         f"(param i32 i32) (if (i32.eqz {B}) (then unreachable))"),
        (f"{TWO} (if (result i32) {B} (then (i32.rem_u {A} {B})) (else (i32.const 0)))",
         f"{TWO} (select (i32.rem_u {A} {B}) (i32.const 0) {B})"),
        (f"(param i32) (drop (i32.load {A}))", f"(param i32) (drop (i32.load8_u {A}))"),
        # an offset that wraps, and one that does not
        (f"{ONE} (i32.load (i32.add {A} (i32.const 4)))", f"{ONE} (i32.load offset=4 {A})"),
        # a store that is lost, moved across another one, or across a trap
        (f"(param i32 i32) (i32.store {A} (i32.const 1)) (i32.store {B} (i32.const 2))",
         f"(param i32 i32) (i32.store {B} (i32.const 2)) (i32.store {A} (i32.const 1))"),
        (f"(param i32 i32) (i32.store8 (i32.const 0) (i32.const 1)) (if {A} (then unreachable))",
         f"(param i32 i32) (if {A} (then unreachable)) (i32.store8 (i32.const 0) (i32.const 1))"),
        (f"(param i32) (global.set 0 {A})", "(param i32)"),
        (f"(param i64) (result i32) (i32.wrap_i64 {A})",
         f"(param i64) (result i32) (i32.wrap_i64 (i64.shr_u {A} (i64.const 1)))"),
        # 0 and -0 are equal, and not the same
        (f"(param f64) (result f64) (select {A} (f64.const 0) (f64.ne {A} (f64.const 0)))",
         f"(param f64) (result f64) {A}"),
        # a NaN is neither less nor not less
        (f"(param f32 f32) (result i32) (i32.eqz (f32.lt {A} {B}))",
         f"(param f32 f32) (result i32) (f32.ge {A} {B})"),
    ],
)  # fmt: skip
def test_what_differs_for_some_input_is_refuted(old: str, new: str) -> None:
    assert verdict(old, new).kind == "differs"


def test_the_input_for_which_they_differ_is_told() -> None:
    found = verdict(ONE + f"{A}", f"{ONE} (i32.or {A} (i32.eq {A} (i32.const -8)))")
    assert found.detail == "(-8)"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (f"{FLOATS} (f64.add {A} {B})", f"{FLOATS} (f64.add {B} {A})"),
        # a NaN's bits may be others after it
        (f"{FLOATS} (f64.mul {A} (f64.const 1))", f"{FLOATS} {A}"),
        # dividing 64 bits by 64 bits
        (f"{LONG} (i64.add (i64.mul (i64.div_u {A} {B}) {B}) (i64.rem_u {A} {B}))",
         f"{LONG} (drop (i64.div_u {A} {B})) {A}"),
    ],
)  # fmt: skip
def test_what_z3_does_not_find_out_is_not_claimed(old: str, new: str) -> None:
    assert verdict(old, new).kind == "undecided"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (f"{ONE} (call 0 {A})", "a call"),
        ("(loop)", "a loop"),
        ("(drop (memory.grow (i32.const 1)))",
         "a bulk change of a memory or table, or its growth"),
        ("(memory.fill (i32.const 1) (i32.const 1) (i32.const 1))",
         "a bulk change of a memory or table, or its growth"),
        ("(drop (v128.const i64x2 1 2))", "vectors"),
        ("(drop (ref.null func))", "references, tables or exceptions"),
        ("(param v128)", "values of the type v128"),
        ("(local v128)", "values of the type v128"),
        ("(local i32) " * 2_001, "more than 2,000 locals"),
        ("(nop) " * 4_000, "more than 4,000 instructions"),
    ],
)  # fmt: skip
def test_what_is_not_covered_is_not_tried(text: str, why: str) -> None:
    found = verdict(text, text)
    assert (found.kind, found.detail) == ("not tried", why)


def test_another_type_is_not_tried() -> None:
    assert verdict("(param i32)", "").detail == "other parameters or results"


def test_a_memory_that_others_may_change_is_not_tried() -> None:
    around = Surroundings(AROUND.globals, AROUND.shared, {}, None)
    found = verdict("(drop (i32.load (i32.const 0)))", "", around)
    assert (found.kind, found.detail) == (
        "not tried",
        "another memory than one of 32 bits that is not shared",
    )


def test_a_global_that_nothing_sets_is_the_number_that_it_begins_with() -> None:
    texts = ("(result i32) (global.get 0)", "(result i32) (i32.const 5)")
    assert verdict(*texts).kind == "differs"
    fixed = Surroundings(AROUND.globals, AROUND.shared, {"global$0": 5}, AROUND.memory)
    assert verdict(*texts, fixed).kind == "proven"


def test_a_global_that_only_one_module_has_is_seen_by_nobody_else() -> None:
    alone = Surroundings(AROUND.globals, {"global$1"}, {}, AROUND.memory)
    assert verdict("(global.set 0 (i32.const 1))", "", alone).kind == "proven"


def mutated(text: str, chance: Random) -> Iterator[str]:
    """Faults of one word each."""
    words = text.split()
    swaps = {"i32.add": "i32.sub", "(i32.add": "(i32.sub", "(i32.lt_s": "(i32.lt_u",
             "(i64.shr_u": "(i64.shr_s", "(i32.div_s": "(i32.div_u", "(i32.load8_s": "(i32.load8_u",
             "(i32.store": "(i32.store8", "(br_if": "(br_if", "0)": "1)", "1)": "2)",
             "8)": "7)", "offset=0": "offset=4", "(i64.add": "(i64.sub", "(nop)": "(unreachable)",
             "4": "1", "(i32.and": "(i32.or"}  # fmt: skip
    places = [at for at, word in enumerate(words) if word in swaps]
    for at in chance.sample(places, min(3, len(places))):
        yield " ".join([*words[:at], swaps[words[at]], *words[at + 1 :]])


@settings(max_examples=25, deadline=None)
@given(st.randoms(use_true_random=False))
def test_what_is_proven_does_the_same_in_wasmtime(chance: Random) -> None:
    text = Writer(chance).function()
    old = module(text)
    for other in mutated(text, chance):
        new = module(other)
        if not is_valid(new):
            continue
        found = compare(body(old), body(new), AROUND)
        if found.kind != "proven":
            continue
        for _ in range(5):
            arguments = [chance.getrandbits(chance.choice((1, 4, 31, 32))) for _ in range(4)]
            assert by_wasmtime(old, arguments) == by_wasmtime(new, arguments)

"""A module with many guarded faults behaves as each that was planted by itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.hotspots.counting import smith
from tests.verify.mutants.planting import hold, outcomes, planted

from wasmtrim import wasm
from wasmtrim.verify.mutants.faults import KINDS, chosen
from wasmtrim.verify.mutants.metamutant import metamutant

Assemble = Callable[[str], bytes]

MODULES = {
    "constants": """(func (export "a") (result i32) (i32.const 0x7fffffff))
        (func (export "b") (result i64) (i64.const -1)
            (if (i64.eq (i64.const 9) (i64.const 9)) (then (return (i64.const 7)))))""",
    "operators": """(func (export "a") (param i32 i64 f32 f64) (result i32)
        (i32.add (i32.div_u (i32.const 9) (local.get 0))
            (i32.and (i64.lt_s (local.get 1) (i64.mul (local.get 1) (i64.const 3)))
                (i32.or (f32.gt (f32.mul (local.get 2) (local.get 2)) (local.get 2))
                    (f64.le (f64.sub (local.get 3) (f64.const 1)) (local.get 3))))))""",
    "branches": """(func (export "a") (param i32) (result i32)
        (block $out (result i32)
            (br_if $out (i32.const 5) (i32.and (local.get 0) (i32.const 2)))
            (drop)
            (if (result i32) (local.get 0) (then (i32.const 8)) (else (i32.const 9)))))""",
    "calls": """(func $one (param i32) (result i32 i64) (local.get 0) (i64.const 1))
        (func $two (param i32) (result i32 i64) (i32.const 2) (i64.const 2))
        (func (export "a") (result i32 i64) (call $one (i32.const 7)))
        (func (export "b") (result i32 i64) (call $two (i32.const 7)))""",
    "stores": """(memory (export "m") 1) (memory $big (export "big") i64 1)
        (func (export "a") (i32.store (i32.const 8) (i32.const -1))
            (i64.store16 (i32.const 1) (i64.const 5)) (f32.store (i32.const 20) (f32.const 1.5))
            (f64.store $big offset=7 (i64.const 9) (f64.const 2)))""",
    "segments": """(memory (export "m") 1) (memory $big (export "big") i64 1)
        (data (i32.const 4) "abcdefgh") (data (i32.const 6) "XY") (data (i32.const 11) "Z")
        (data (memory $big) (i64.const 8) "big") (data "passive")
        (func (export "a") (result i32) (i32.load8_u (i32.const 7)))""",
    "start": """(memory (export "m") 1) (data (i32.const 0) "\\07") (start $begin)
        (func $begin (i32.store8 (i32.const 1)
            (i32.div_u (i32.const 21) (i32.load8_u (i32.const 0)))))
        (func (export "a") (result i32) (i32.load8_u (i32.const 1)))""",
    "unreachable": """(func (export "a") (result i32)
        (return (i32.const 3)) (drop (i32.sub)) (drop (br_if 0)) (i32.const 4))""",
}


@pytest.mark.parametrize("name", MODULES)
def test_a_guarded_fault_does_what_it_does_alone(name: str, assemble: Assemble) -> None:
    data = assemble(f"(module {MODULES[name]})")
    faults = chosen(wasm.read(data), 1_000, 1, range(9))
    assert hold(data, 1_000) == len(faults) > 0


def test_each_kind_of_fault_shows(assemble: Assemble) -> None:
    seen = set()
    for fields in MODULES.values():
        data = assemble(f"(module {fields})")
        module = wasm.read(data)
        for fault in chosen(module, 1_000, 1, range(9)):
            if outcomes(planted(module, fault)) != outcomes(data):
                seen.add(fault.kind)
    assert seen == set(KINDS)


def test_a_run_tells_the_faults_that_it_comes_to(assemble: Assemble) -> None:
    text = "(i32.add (local.get 0) (i32.const 1)) (local.set 0)" * 70
    module = wasm.read(assemble(f"(module (func (param i32) {text} unreachable {text}))"))
    faults = chosen(module, 1_000, 1, range(1))
    made = metamutant(module, faults)
    words = -(-len(faults) // 64)
    assert made.reached([0] * (1 + words)) == frozenset()
    everything = made.reached([7] + [-1] * words)
    assert everything == frozenset(range(1, 1 + len(faults)))
    assert made.reached([0] + [0] * (words - 1) + [1 << 5]) == {64 * (words - 1) + 6}


def test_segments_that_may_be_overwritten_from_an_unknown_address_are_left(
    assemble: Assemble,
) -> None:
    known = '(data (i32.const 0) "a") (data (global.get 0) "b") (data (i32.const 9) "c")'
    fields = f"(global i32 (i32.const 0)) (memory 1) {known}"
    faults = chosen(wasm.read(assemble(f"(module {fields})")), 9, 1, ())
    module = wasm.read(assemble(f"(module {fields})"))
    assert [module.data[fault.start : fault.end] for fault in faults] == [b"c"]


def test_faults_in_any_module_behave_as_planted_alone() -> None:
    assert sum(hold(data, 4) for data in map(smith, range(24)) if data) > 30


@pytest.mark.long
def test_faults_in_some_thousand_modules_behave_as_planted_alone() -> None:
    found = (hold(data, 12, seed) for seed in range(1_000, 4_000) if (data := smith(seed)))
    assert sum(found) > 10_000

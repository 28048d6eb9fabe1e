"""Whole modules: which functions changed, and what real optimizations leave of them."""

from __future__ import annotations

import subprocess
from pathlib import Path
from random import Random

import pytest
from tests.conftest import assembled
from tests.symbolic.calls import module
from tests.symbolic.programs import Writer

from wasmtrim.errors import ModuleError
from wasmtrim.records import NotTried, ProofRecord
from wasmtrim.symbolic.modules import prove
from wasmtrim.symbolic.naming import named
from wasmtrim.toolchain import Locator
from wasmtrim.wasm import names, read


def optimized(data: bytes, locator: Locator, folder: Path, *options: str) -> bytes:
    (folder / "in.wasm").write_bytes(data)
    argv = [*locator.find("wasm-opt").argv, "in.wasm", "-o", "out.wasm", *options]
    subprocess.run([*argv, "--enable-sign-ext"], cwd=folder, check=True)
    return (folder / "out.wasm").read_bytes()


def compared(locator: Locator, folder: Path, *functions: str) -> ProofRecord:
    before = named(read(module(*functions)))
    return prove(before, optimized(before, locator, folder, "-Oz", "-g"), 60)


def test_names_change_nothing_of_what_wasm_opt_makes(locator: Locator, tmp_path: Path) -> None:
    chance = Random(1)
    data = names.without(module(*(Writer(chance).function() for _ in range(20))))
    plain = optimized(data, locator, tmp_path, "-Oz")
    kept = optimized(named(read(data)), locator, tmp_path, "-Oz", "-g")
    assert names.without(kept) == plain
    assert names.read(read(kept)).functions


def test_functions_that_wasm_opt_changed_are_proven_equal(locator: Locator, tmp_path: Path) -> None:
    chance = Random(7)
    functions = [Writer(chance).function() for _ in range(40)]
    found = compared(locator, tmp_path, *functions)
    assert found.changed > 30
    assert found.differs == 0
    assert found.proven > 0.8 * found.changed


def test_each_function_is_counted_once(locator: Locator, tmp_path: Path) -> None:
    found = compared(
        locator,
        tmp_path,
        "(param i32) (result i32) (local.get 0)",  # nothing to do
        "(param i32) (result i32) (i32.mul (local.get 0) (i32.const 8))",
        "(loop (br_if 0 (i32.mul (i32.load (i32.const 0)) (i32.const 1))))",
        "(param i32) (result i32) (call 4 (i32.mul (local.get 0) (i32.const 1)))",
        "(param i32) (result i32) (i32.div_u (local.get 0) (i32.load (local.get 0)))",
    )
    assert (found.changed, found.proven) == (3, 1)
    assert set(found.not_tried) == {NotTried("a loop", 1), NotTried("a call", 1)}
    assert found.claim == "1 of 3 changed functions proven equal, the rest not tested"


def test_a_function_without_its_like_is_not_tried() -> None:
    before, after = named(read(module("(nop)"))), named(read(module("(nop)", "(nop)")))
    found = prove(before, after, 60)
    assert found == ProofRecord(1, not_tried=(NotTried("a new function, or a new name", 1),))


def test_where_no_time_is_left_nothing_is_claimed() -> None:
    before, after = (named(read(module(text))) for text in ("(nop)", ""))
    assert prove(before, after, -1) == ProofRecord(1, not_tried=(NotTried("no time left", 1),))


def test_a_global_counts_as_fixed_only_where_nothing_can_set_it() -> None:
    text = "(module {export} (global i32 (i32.const 4)) (global {kind} (i32.const 3)) {set} {body})"
    old = '(func (export "f") (result i32) (global.get 1))'
    new = '(func (export "f") (result i32) (i32.const 3))'
    setting = "(func (global.set 1 (i32.const 1)))"
    for kind, export, put, proven in (
        ("i32", '(export "g" (global 1))', "", 1),
        ("(mut i32)", "", "", 1),
        ("(mut i32)", '(export "g" (global 1))', "", 0),
        ("(mut i32)", "", setting, 0),
    ):
        before, after = (
            named(read(assembled(text.format(export=export, kind=kind, set=put, body=body))))
            for body in (old, new)
        )
        assert prove(before, after, 60).proven == proven


def test_hostile_code_is_refused_in_a_line() -> None:
    good = named(read(module("(nop)")))
    bad = good.replace(b"\x01\x03\x00\x01\x0b", b"\x01\x03\x00\x27\x0b")
    assert bad != good
    with pytest.raises(ModuleError, match="is not an instruction"):
        prove(good, bad, 60)

"""The stage that changed what a module does is named; one that didn't need not be run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import wasmtime
from hypothesis import given
from hypothesis import strategies as st
from tests.verify import running

from wasmtrim.check import Outcome
from wasmtrim.profile import Case
from wasmtrim.verify.equivalence import check_stages, first_difference, same_code
from wasmtrim.verify.run import Run

COMPILED = """
(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (table 2 funcref)
  (elem (i32.const 0) $up $down)
  (data (i32.const 0) "\\10\\00\\00\\00\\06\\00\\00\\00")
  (data (i32.const 16) "size: ")
  (func $up (param i32) (result i32) (i32.add (local.get 0) (i32.const 48)))
  (func $down (param i32) (result i32) (i32.sub (i32.const 57) (local.get 0)))
  (func (export "_start")
    (i32.store8 (i32.const 21) (call_indirect (param i32) (result i32)
      (i32.const 4) (i32.const 0)))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))
"""
MISCOMPILED = {
    "a constant": ("(i32.const 48)", "(i32.const 49)", "the first other one is byte 5"),
    "two functions swapped": ("$up $down)", "$down $up)", "the first other one is byte 5"),
    "a data segment dropped": ('(data (i32.const 16) "size: ")', "", "byte 0"),
    "a call dropped": ("(drop (call $fd_write", "(drop (call $none", "6 bytes became 0"),
    "a trap": ("(i32.const 4) (i32.const 0)", "(i32.const 4) (i32.const 2)", "how the run ends"),
}
ONE = (Case(),)
NONE = "(func $none (param i32 i32 i32 i32) (result i32) (i32.const 0))"


def stage(folder: Path, text: str) -> Path:
    folder.mkdir()
    path = folder / "module.wasm"
    path.write_bytes(wasmtime.wat2wasm(text))
    running.run(path, folder)
    return folder


@pytest.mark.parametrize("fault", MISCOMPILED)
def test_the_stage_that_miscompiles_is_named(fault: str, tmp_path: Path) -> None:
    old, new, says = MISCOMPILED[fault]
    broken = COMPILED.replace(old, new).replace("(func (export", NONE + "(func (export", 1)
    good = stage(tmp_path / "compile", COMPILED)
    bad = stage(tmp_path / "optimize", broken)
    check = check_stages(
        [("compile", good), ("prune", good), ("optimize", bad), ("strip", bad)], ONE
    )
    assert not check.ok
    assert check.detail.startswith("optimize changed ")
    assert says in check.detail


def test_stages_that_do_the_same_in_another_way(tmp_path: Path) -> None:
    good = stage(tmp_path / "compile", COMPILED)
    other = stage(tmp_path / "optimize", COMPILED.replace("$up $down)", "$up $up)"))
    check = check_stages([("compile", good), ("optimize", other)], ONE)
    assert (check.ok, check.detail) == (True, "2 stages give the same")


@pytest.mark.parametrize(("returned", "ok"), [("nan", True), ("1", False)])
def test_what_a_call_returns_is_compared(returned: str, ok: bool, tmp_path: Path) -> None:
    folders = []
    for name, value in (("compile", "nan"), ("optimize", returned)):
        folder = tmp_path / name
        folder.mkdir()
        text = f'(module (func (export "f") (result f64) (f64.const {value})))'
        (folder / "module.wasm").write_bytes(wasmtime.wat2wasm(text))
        running.run(folder / "module.wasm", folder, call=("f", ()))
        folders.append((name, folder))
    check = check_stages(folders, ONE)
    assert check.ok == ok
    if not ok:
        assert check.detail == (
            "optimize changed what the call returns: [nan] became [1.0] (compared with compile)"
        )


def test_other_fuel_is_no_other_behaviour(tmp_path: Path) -> None:
    good = stage(tmp_path / "compile", COMPILED)
    faster = stage(tmp_path / "optimize", COMPILED)
    run = Run.read(faster)
    replace(run, fuel=1).write(faster)
    assert check_stages([("compile", good), ("optimize", faster)], ONE).ok


def test_custom_sections_are_no_code() -> None:
    plain = bytes(wasmtime.wat2wasm(COMPILED))
    named = bytes(wasmtime.wat2wasm(COMPILED.replace("(module", '(module (@custom "x" "y")', 1)))
    other = bytes(wasmtime.wat2wasm(COMPILED.replace("i32.const 48", "i32.const 49")))
    assert same_code(plain, named)
    assert not same_code(plain, other)
    assert not same_code(b"no module", b"no module")


@given(st.binary(max_size=50), st.binary(max_size=5), st.binary(max_size=5))
def test_the_first_difference(common: bytes, one: bytes, other: bytes) -> None:
    one, other = common + one, common + other
    at = first_difference(one, other)
    assert one[:at] == other[:at]
    assert one[at : at + 1] != other[at : at + 1] or one == other


def test_of_a_component_custom_sections_at_every_depth_are_no_code() -> None:
    text = """(component
      (core module (func {body}) {custom})
      (component (core module {custom}) {custom})
      (type (func)) {custom})"""
    plain = wasmtime.wat2wasm(text.format(body="", custom=""))
    noted = wasmtime.wat2wasm(text.format(body="", custom='(@custom "note" "x")'))
    other = wasmtime.wat2wasm(text.format(body="nop", custom=""))
    assert plain != noted
    assert same_code(bytes(plain), bytes(noted))
    assert not same_code(bytes(plain), bytes(other))
    assert not same_code(bytes(plain), bytes(wasmtime.wat2wasm("(module (func))")))


UNUSED = """(module (import "env" "log" (func $log (param i32))) (memory (export "memory") 1)
  (func $never (call $log (i32.const 1)))
  (func (export "_start") (i32.store (i32.const 0) (i32.const 1))))"""
WITHOUT = UNUSED.replace('(import "env" "log" (func $log (param i32)))', "(func $log (param i32))")
LOST = "compile could not start here (no instance: unknown import: `env::log` has not been defined)"


def test_a_first_stage_that_could_not_start_is_no_change(tmp_path: Path) -> None:
    """What -Oz takes away may be the one import that the verifier does not have."""
    old, new = stage(tmp_path / "compile", UNUSED), stage(tmp_path / "optimize", WITHOUT)
    assert Run.read(old).fuel is None
    check = check_stages([("compile", old), ("optimize", new)], ONE)
    assert (check.outcome, check.detail) == (
        Outcome.NOT_JUDGED,
        f"{LOST}; there is nothing to compare optimize with",
    )
    check = check_stages([("compile", old), ("strip", new), ("optimize", new)], ONE)
    assert (check.outcome, check.detail) == (
        Outcome.HELD,
        f"strip and optimize give the same; {LOST}",
    )
    check = check_stages([("compile", old), ("strip", old)], ONE)
    assert (check.outcome, check.detail) == (Outcome.NOT_JUDGED, LOST)


def test_a_last_stage_that_could_not_start_is_one(tmp_path: Path) -> None:
    old, new = stage(tmp_path / "compile", WITHOUT), stage(tmp_path / "optimize", UNUSED)
    check = check_stages([("compile", old), ("optimize", new)], ONE)
    assert check.outcome is Outcome.FAILED
    assert check.detail.startswith("optimize changed how the run ends: exit status 0 became no")

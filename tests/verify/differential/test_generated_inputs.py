"""What an optimizer breaks that no case shows, is found by runs on generated inputs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import wasmtime

from wasmtrim.check import Check, Outcome
from wasmtrim.profile import Profile
from wasmtrim.verify import differential, run_smoke

# Copies its input, but for one that begins with something else than a small letter.
COMMAND = r"""
(module
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\20\00\00\00\00\01\00\00")
  (func $put (param $file i32)
    (drop (call $write (local.get $file) (i32.const 0) (i32.const 1) (i32.const 12))))
  (func (export "_start")
    (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
    (i32.store (i32.const 4) (i32.load (i32.const 8)))
    (if (i32.gt_u (i32.sub (i32.load8_u (i32.const 32)) (i32.const 97)) (i32.const 25))
      (then @RARE))
    (call $put (i32.const 1))))
"""
RARE = "(i32.store8 (i32.const 33) (i32.const 7))"
REACTOR = """
(module
  (memory (export "memory") 1)
  (func (export "twice") (param i32 f64) (result i32)
    (if (result i32) (i32.gt_s (local.get 0) (i32.const @MOST))
      (then (i32.const -1)) (else (i32.shl (local.get 0) (i32.const 1))))))
"""


def profile(**smoke: object) -> Profile:
    given = {"module": "module.wasm", "differ": {"runs": 24, "seconds": 5}, "smoke": smoke}
    return Profile.model_validate(given)


def check(folder: Path, before: str, after: str, of: Profile) -> list[Check]:
    modules = [folder / "before.wasm", folder / "after.wasm"]
    for path, text in zip(modules, (before, after), strict=True):
        path.write_bytes(wasmtime.wat2wasm(text))
    (folder / "input").write_bytes(b"letters")
    run_smoke(modules[1], of, None, folder, folder / "run")
    return differential.check(of, None, modules, folder / "run", folder, folder / "kept")


@pytest.mark.parametrize(
    ("miscompiled", "says"),
    [
        ("(i32.store8 (i32.const 33) (i32.const 8))", "the output: "),
        ("(call $exit (i32.const 3))", "exit status 0 became exit status 3"),
        ("unreachable", "became trap: unreachable"),
        (f"{RARE} (call $put (i32.const 2))", "what it says on stderr"),
        (f"(drop (call $yield)) {RARE}", "calls became"),
        (f"(loop (br 0)) {RARE}", "it loops"),
    ],
)
def test_what_no_case_shows_is_found(tmp_path: Path, miscompiled: str, says: str) -> None:
    before, after = (COMMAND.replace("@RARE", rare) for rare in (RARE, miscompiled))
    (found,) = check(tmp_path, before, after, profile(input="input"))
    assert found.outcome is Outcome.FAILED
    assert says in found.detail
    kept = tmp_path / "kept" / "generated"
    assert not b"a" <= (kept / "input").read_bytes()[:1] <= b"z"
    assert json.loads((kept / "run.json").read_text())["what"] in found.detail
    assert (kept / "before" / "stdout").is_file()


def test_another_kind_of_trap_is_found(tmp_path: Path) -> None:
    trap = "(drop (i32.div_u (i32.const 1) (i32.const 0)))"
    before, after = (COMMAND.replace("@RARE", rare) for rare in ("unreachable", trap))
    (found,) = check(tmp_path, before, after, profile(input="input"))
    assert "trap: unreachable became trap: integer division by zero" in found.detail


def test_other_code_that_does_the_same_passes(tmp_path: Path) -> None:
    before, after = (COMMAND.replace("@RARE", rare) for rare in (RARE, f"(nop) {RARE}"))
    assert [c.detail for c in check(tmp_path, before, after, profile(input="input"))] == ["24 runs"]


@pytest.mark.parametrize(
    ("left", "told"),
    [
        ("(i32.store (i32.const 400) (i32.const 7))", "24 runs; note: 24 of 24 leave other bytes"),
        ("(drop (memory.grow (i32.const 1)))", "24 runs"),  # of another length: not compared
        ("(drop (memory.grow (i32.const 2000))) @PUT", "24 runs"),  # it would take too long
    ],
)
def test_other_bytes_in_the_memory_are_a_note(tmp_path: Path, left: str, told: str) -> None:
    text = COMMAND.replace("@RARE", RARE)
    grown = "(drop (memory.grow (i32.const 2000)))" if "@PUT" in left else ""
    put = "(i32.store (i32.const 400) (i32.const 7))"
    before, after = (
        text.replace("(call $put (i32.const 1))", f"(call $put (i32.const 1)) {more}")
        for more in (grown, left.replace("@PUT", put))
    )
    (found,) = check(tmp_path, before, after, profile(input="input"))
    assert found.outcome is Outcome.HELD
    assert found.detail.removesuffix(" in the memory") == told


def test_the_same_code_is_not_run(tmp_path: Path) -> None:
    text = COMMAND.replace("@RARE", RARE)
    (found,) = check(tmp_path, text, text, profile(input="input"))
    assert found.detail == "its code is the compiled module's"


def test_what_does_not_end_is_not_compared(tmp_path: Path) -> None:
    before, after = (COMMAND.replace("@RARE", f"{more} (loop (br 0))") for more in ("", "nop"))
    (found,) = check(tmp_path, before, after, profile(input="input"))
    assert found.ok
    assert "more did not end in the compiled module" in found.detail


def test_arguments_of_a_call_are_made_by_their_types(tmp_path: Path) -> None:
    before, after = (REACTOR.replace("@MOST", most) for most in ("1000", "1001"))
    call = {"export": "twice", "args": [1001, 0.5], "returns": [-1]}
    (found,) = check(tmp_path, before, before.replace("shl", "rotl"), profile(call=call))
    assert "what the call returns" in found.detail
    (found,) = check(tmp_path, before, after, profile(call=call | {"args": [4, 0.5]}))
    assert found.ok  # 24 numbers need not come upon the one that shows it


def test_bytes_of_steps_are_changed(tmp_path: Path) -> None:
    text = """
    (module (memory (export "memory") 1) (global (export "at") i32 (i32.const 64))
      (func (export "first") (param i32 i32) (result i32)
        (i32.add (i32.load8_u (local.get 0)) (i32.shr_u (i32.load8_u (local.get 0)) (i32.const @))))
    )"""
    before, after = (text.replace("@", shift) for shift in ("8", "7"))
    steps = [{"call": "first", "args": [{"text": "A", "at": "at"}], "returns": [65]}]
    (found,) = check(tmp_path, before, after, profile(steps=steps))
    assert "what the call returns" in found.detail


def test_imports_behind_a_table_are_not_counted(tmp_path: Path) -> None:
    head = COMMAND.replace("(memory", "(table funcref (elem $yield)) (memory")
    indirect = "(drop (call_indirect (result i32) (i32.const 0)))"
    before, after = (head.replace("@RARE", rare) for rare in (indirect, "(drop (call $yield))"))
    assert check(tmp_path, before, after, profile(input="input"))[0].ok

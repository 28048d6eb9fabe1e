"""A program whose output is chance is told from one that always gives the same."""

from __future__ import annotations

from pathlib import Path

import pytest
import wasmtime

from wasmtrim.check import Outcome
from wasmtrim.profile import Profile
from wasmtrim.verify import differential, run_smoke

PROGRAM = r"""
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "clock_time_get" (func $time (param i32 i64 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\20\00\00\00\08\00\00\00")
  (func (export "_start")
    (drop (call $random (i32.const 64) (i32.const 8)))
    (drop (call $time (i32.const 0) (i64.const 0) (i32.const 72)))
    (i64.store (i32.const 32) (i64.load (i32.const @)))
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))
"""


@pytest.mark.parametrize(
    ("address", "random", "outcome", "says"),
    [
        (64, False, Outcome.FAILED, "random numbers"),
        (72, False, Outcome.FAILED, "the clock"),
        (72, True, Outcome.NOT_JUDGED, "as smoke.random says"),
        (80, False, Outcome.HELD, "the same"),
    ],
)
def test_output_that_is_chance(
    tmp_path: Path, address: int, random: bool, outcome: Outcome, says: str
) -> None:
    module = tmp_path / "module.wasm"
    module.write_bytes(wasmtime.wat2wasm(PROGRAM.replace("@", str(address))))
    profile = Profile.model_validate({"module": "module.wasm", "smoke": {"random": random}})
    run_smoke(module, profile, None, tmp_path, tmp_path / "run")
    (found,) = differential.check(profile, None, [module], tmp_path / "run", tmp_path, tmp_path)
    assert found.outcome is outcome
    assert says in found.detail

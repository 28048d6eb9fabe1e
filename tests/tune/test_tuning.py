"""A search from module to proven module: what wins is the same program, or it is thrown out."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from tests.conftest import assembled
from tests.tune.conftest import ADD, PROFILE, SMALL, TRAPS, WHOLE, StandIn, Tune

from wasmtrim import records
from wasmtrim.errors import CheckError, ToolError
from wasmtrim.profile import Profile
from wasmtrim.tune.bench import Progress

BARE = Profile(prune=False)
WRONG = assembled(ADD.format(number=2).replace("1000000", "1").replace("7000000", "1"))
# Right for 41, and for few others.
SOMETIMES = assembled(
    '(module (memory (export "memory") 1) (func (export "f") (param i32) (result i32)'
    " (if (result i32) (i32.eq (local.get 0) (i32.const 41))"
    " (then (i32.const 42)) (else (i32.const 7)))))"
)


def test_the_smallest_that_is_the_same_program_wins_and_is_not_asked_for_again(
    stand_in: StandIn, tune: Tune
) -> None:
    tool = stand_in({"--gufa": SMALL})
    record, module = tune(tool, budget=4)
    assert len(module) < len(WHOLE)
    assert "--gufa" in record.options
    assert record.size == len(module) < record.oz
    assert record.tried == 4
    assert "wasm-opt gave the same twice" in record.proof
    assert any(line.startswith("same on generated inputs: 8 runs") for line in record.proof)
    Path(tool.argv[0]).unlink()
    assert tune(tool, budget=4) == (record, module)


def test_a_pass_that_miscompiles_is_thrown_out_and_named(
    stand_in: StandIn, tune: Tune, tmp_path: Path
) -> None:
    tool = stand_in({"--const-hoisting": WRONG, "--gufa": SMALL})
    record, module = tune(tool, recipes=("--dce --const-hoisting -Oz", "--gufa -Oz"), budget=4)
    assert "--const-hoisting" not in record.options
    assert len(module) > len(WRONG)
    thrown_out = record.thrown_out[0]
    assert thrown_out.options == ("--dce", "--const-hoisting", "-Oz")
    assert thrown_out.guilty == ("--dce", "--const-hoisting")
    row = next(row for row in record.candidates if row.options == thrown_out.options)
    assert (row.why, row.pareto) == (thrown_out.what, False)
    assert next(row for row in record.candidates if row.options == record.options).pareto
    assert "43" in thrown_out.what
    kept = tmp_path / "report" / thrown_out.kept
    assert (kept / "after.wasm").read_bytes()[:4] == b"\0asm"
    assert thrown_out.shown_by == ("--const-hoisting",)
    assert (kept / "reduced.wasm").stat().st_size == thrown_out.reduced


@pytest.mark.long
def test_what_differs_on_generated_inputs_alone_is_thrown_out(
    stand_in: StandIn, tune: Tune
) -> None:
    record, module = tune(
        stand_in({"--const-hoisting": SOMETIMES}), budget=3, recipes=["--const-hoisting -Oz"]
    )
    assert record.options == ()
    assert record.thrown_out
    assert "same on generated inputs" in record.thrown_out[0].what
    assert len(module) > len(SOMETIMES)


def test_a_recipe_that_wasm_opt_refuses_is_a_skipped_candidate(
    stand_in: StandIn, tune: Tune
) -> None:
    record, _ = tune(stand_in({"--gufa": "fail"}), profile=BARE, recipes=["--gufa -Oz"], budget=3)
    why = "optimize: wasm-opt 132: exit status 1: Fatal: it cannot take this"
    assert record.candidates[2].why == why
    assert (record.candidates[2].size, record.skipped) == (None, 1)


@pytest.mark.long
def test_a_recipe_that_ends_badly_is_a_skipped_candidate(stand_in: StandIn, tune: Tune) -> None:
    """By itself, by its worker's end, by time, and by memory."""
    update = {"timeouts": PROFILE.timeouts.model_copy(update={"optimize": 15})}
    faults = {"--gufa": "fail", "--dce": "kill", "--licm": "hang", "--rse": "eat"}
    recipes = [f"{option} -Oz" for option in faults]
    profile = PROFILE.model_copy(update=update)
    record, _ = tune(stand_in(faults), profile=profile, recipes=recipes, jobs=2)
    assert [row.size is None for row in record.candidates] == [False, False, *[True] * 4]
    why = [row.why for row in record.candidates[2:]]
    assert why[0].startswith("optimize: wasm-opt 132: exit status 1")
    assert why[1] == "the worker that had it was killed"
    assert "no end after 15 s" in why[2]
    assert "exit status 1" in why[3]
    assert record.skipped == 4


def test_what_was_told_wrongly_is_no_pass_s_fault_and_is_measured_again(
    stand_in: StandIn, tune: Tune, tmp_path: Path
) -> None:
    """By a cache that was damaged, or a worker that is wrong."""
    tool = stand_in({"--gufa": SMALL})
    record, module = tune(tool, profile=BARE, budget=3)
    for file in (tmp_path / "cache" / "candidates").rglob("*.json"):
        outcome = records.OUTCOME.read(file)
        if outcome.sha256 == record.sha256:
            records.OUTCOME.write(file, replace(outcome, size=outcome.size - 1))
    shutil.rmtree(tmp_path / "cache" / "results")
    wrong, _ = tune(tool, profile=BARE, budget=3)
    (thrown_out,) = wrong.thrown_out
    assert thrown_out.options == record.options
    assert thrown_out.what == "it has another size than was measured before"
    assert (thrown_out.guilty, thrown_out.reduced) == ((), None)
    assert wrong.options != record.options
    assert tune(tool, profile=BARE, budget=3) == (record, module)


def test_a_module_that_fails_its_own_smoke_run_is_not_proven(stand_in: StandIn, tune: Tune) -> None:
    told = "test: the module itself fails, so nothing tells whether another is the same: run: "
    with pytest.raises(CheckError, match=f"^{told}"):
        tune(stand_in({}), module=TRAPS, budget=2)


def test_a_wasm_opt_that_fails_at_oz_is_an_error(stand_in: StandIn, tune: Tune) -> None:
    with pytest.raises(ToolError, match=r"^-Oz: optimize: wasm-opt 132: exit status 1"):
        tune(stand_in({"-Oz": "fail"}))


def test_a_search_that_was_stopped_goes_on(stand_in: StandIn, tune: Tune) -> None:
    tool = stand_in({"--gufa": SMALL})
    told: list[Progress] = []
    early, _ = tune(tool, profile=BARE, budget=4, stopped=lambda: len(told) >= 2, tell=told.append)
    assert early.stopped_early
    assert early.tried < 4
    again: list[Progress] = []
    whole, _ = tune(tool, profile=BARE, budget=4, tell=again.append)
    assert not whole.stopped_early
    assert again[-1].asked == 4 - early.tried


@pytest.mark.long
def test_any_number_of_workers_gives_the_same(
    stand_in: StandIn, tune: Tune, tmp_path: Path
) -> None:
    tool = stand_in({"--gufa": SMALL, "--dce": "fail"})
    records = []
    for jobs in (1, 2, 5):
        records.append(tune(tool, jobs=jobs, budget=24)[0])
        shutil.rmtree(tmp_path / "cache")
    assert records[0] == records[1] == records[2]

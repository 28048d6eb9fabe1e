"""What a search proves of single functions, and what it says of the rest."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.conftest import assembled
from tests.tune.conftest import ADD, PROFILE, SMALL, StandIn, Tune

from wasmtrim.process import Interrupted
from wasmtrim.profile import Profile
from wasmtrim.records import NotTried, ProofRecord
from wasmtrim.tune import functions, told

pytest.importorskip("z3", reason="the extra `proof` is not installed")
BARE = Profile(prune=False)
RECIPES = ("--gufa -Oz",)
# Right only for 41 and what the smoke run's generated inputs are unlikely to hit.
RARELY_WRONG = assembled(
    ADD.format(number=1)
    .replace("1000000", "1")
    .replace("7000000", "1")
    .replace(
        "(local.get 0) (i32.const 1)",
        "(local.get 0) (i32.add (i32.const 1) (i32.eq (local.get 0) (i32.const 987654)))",
    )
)


def test_the_changed_functions_of_the_winner_are_proven(stand_in: StandIn, tune: Tune) -> None:
    record, _ = tune(stand_in({"--gufa": SMALL}), budget=3, recipes=RECIPES)
    assert record.functions == ProofRecord(changed=1, proven=1, inputs=9)
    assert "functions: 1 of 1 changed functions proven equal" in told.lines(record)


def test_a_module_that_is_taken_as_it_is_needs_no_proof(stand_in: StandIn, tune: Tune) -> None:
    record, _ = tune(stand_in({}), profile=BARE, budget=1, recipes=())
    assert record.options == ()
    assert record.functions is None


def test_a_function_that_differs_is_not_called_proven(stand_in: StandIn, tune: Tune) -> None:
    smoke_only = PROFILE.model_copy(update={"differ": None})
    tool = stand_in({"--gufa": RARELY_WRONG})
    record, _ = tune(tool, budget=3, recipes=RECIPES, profile=smoke_only)
    assert record.options == ("--gufa", "-Oz")
    assert record.functions
    assert (record.functions.proven, record.functions.differs) == (0, 1)
    lines = told.lines(record)
    assert "functions: 0 of 1 changed functions proven equal, the rest tested on 1 input" in lines
    warned = "functions that differ for inputs that the program may never give: 1: 0(987654)"
    assert warned in lines


def test_without_z3_a_line_says_what_is_missing(
    stand_in: StandIn, tune: Tune, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "z3.py").write_text("raise ModuleNotFoundError(\"No module named 'z3'\")\n")
    monkeypatch.syspath_prepend(hidden)
    record, _ = tune(stand_in({"--gufa": SMALL}), profile=BARE, budget=3, recipes=RECIPES)
    why = "z3 is not installed; fix: pip install 'wasmtrim[proof]'"
    assert record.functions == ProofRecord(changed=1, not_tried=(NotTried(why, 1),))
    assert f"functions not tried: 1: {why} (1)" in told.lines(record)


def test_what_was_found_stays_where_the_proof_is_interrupted(
    stand_in: StandIn, tune: Tune, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> ProofRecord:
        raise Interrupted("interrupted: wasm-opt")

    tool = stand_in({"--gufa": SMALL})
    with monkeypatch.context() as patched:
        patched.setattr(functions, "prove", interrupted)
        record, module = tune(tool, profile=BARE, budget=3, recipes=RECIPES)
    assert len(module) == record.size < record.oz
    assert "functions: none was tried: it was interrupted" in told.lines(record)
    assert record.stopped_early
    again, _ = tune(tool, profile=BARE, budget=3, recipes=RECIPES)
    assert again.functions == ProofRecord(changed=1, proven=1)


def test_where_names_change_what_wasm_opt_does_nothing_is_claimed(
    stand_in: StandIn, tune: Tune
) -> None:
    tool = stand_in({"-g": RARELY_WRONG, "--gufa": SMALL})
    record, _ = tune(tool, profile=BARE, budget=3, recipes=RECIPES)
    said = "functions: none was tried: with names, wasm-opt makes another module of it"
    assert said in told.lines(record)


def test_the_prover_has_a_version() -> None:
    assert functions.prover()[0].isdigit()

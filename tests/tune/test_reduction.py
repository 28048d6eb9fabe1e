"""A pass that miscompiles: which step it is, and the smallest module that shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import assembled
from tests.tune.conftest import PROFILE, StandIn, Tune
from tests.tune.test_pinned import RECORD

from wasmtrim.records import ThrownOut
from wasmtrim.toolchain import Locator
from wasmtrim.tune import candidate, reduction, subject, told, verdict
from wasmtrim.tune.candidate import Task, Tools
from wasmtrim.tune.recipe import Recipe, parse

# One function that is miscompiled, and ballast that has nothing to do with it.
MODULE = assembled("""
(module
  (memory (export "memory") 1)
  (data (i32.const 64) "some text that no function reads, and that stays as long as nobody cuts it")
  (func $unused (param i64) (result i64) (i64.mul (local.get 0) (i64.const 123456789)))
  (func (export "f") (param i32) (result i32)
    (drop (i64.eq (call $unused (i64.const 77)) (i64.const 1000000)))
    (i32.store (i32.const 8) (i32.mul (local.get 0) (i32.const 1000)))
    (i32.add (local.get 0) (i32.const 1))))
""")
RULES = {"--const-hoisting": "miscompile"}
QUIET = PROFILE.model_copy(update={"differ": None})


def reduce(
    tool: StandIn, locator: Locator, folder: Path, options: str, rules: Mapping[str, bytes | str]
) -> reduction.Reduced | None:
    tools = Tools(tool(rules), locator.find("wasm-tools"), locator.find("wasmtrim"))
    given = subject.prepare("test", MODULE, QUIET, None, "raw", locator, folder, folder)
    return reduction.reduced(given, parse(options.split()), tools, folder)


@pytest.mark.parametrize("at", range(1, 8))
def test_the_guilty_step_is_found_by_halving(at: int) -> None:
    asked: list[int] = []

    def differs(recipe: Recipe) -> bool:
        asked.append(len(recipe.steps))
        return len(recipe.steps) >= at

    whole = Recipe(("a", "b", "c", "d", "e", "f", "g"), ("--converge",))
    found = reduction.guilty(whole, differs)
    assert found == Recipe(whole.steps[:at], whole.switches)
    assert len(asked) <= 3


def shows(module: bytes) -> bool:
    return b"\x41\x01\x6a" in module


def test_the_module_is_shrunk_while_the_step_alone_changes_it(
    stand_in: StandIn, locator: Locator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reduction, "_ATTEMPTS", 1)
    found = reduce(stand_in, locator, tmp_path, "--dce --const-hoisting", RULES)
    assert found
    assert found.recipe.options == ("--const-hoisting",)
    assert len(found.module) < len(MODULE)
    assert shows(found.module)


def test_the_time_is_bounded_and_what_it_came_to_is_kept(
    stand_in: StandIn, locator: Locator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reduction, "_SECONDS", 0.1)
    found = reduce(stand_in, locator, tmp_path, "--const-hoisting", RULES)
    assert found
    assert shows(found.module)


def test_where_the_recipe_changes_nothing_there_is_nothing_to_shrink(
    stand_in: StandIn, locator: Locator, tmp_path: Path
) -> None:
    assert reduce(stand_in, locator, tmp_path, "--dce -Oz", {}) is None


def test_the_result_says_what_shows_the_fault() -> None:
    fault = ThrownOut(
        options=("--dce", "--rse", "-Oz"),
        what="it returns 40",
        guilty=("--dce", "--rse"),
        kept="thrown-out/1",
        reduced=94,
        shown_by=("--rse",),
    )
    assert told.lines(replace(RECORD, thrown_out=(fault,)))[-2:] == [
        "thrown out: --dce --rse -Oz: it returns 40; --rse did it",
        "  thrown-out/1/reduced.wasm (94 bytes) shows it: wasm-opt --rse",
    ]


@pytest.mark.long
def test_a_search_keeps_what_it_reduced_beside_the_report(
    stand_in: StandIn, tune: Tune, tmp_path: Path
) -> None:
    smaller: Mapping[str, bytes | str] = {**RULES, "--gufa": "fail"}
    record, _ = tune(
        stand_in(smaller),
        module=MODULE,
        recipes=["--dce --const-hoisting -Oz"],
        budget=3,
        shrinking=60,
    )
    (thrown_out,) = record.thrown_out
    assert thrown_out.guilty == ("--dce", "--const-hoisting")
    assert thrown_out.shown_by == ("--const-hoisting",)
    module = (tmp_path / "report" / thrown_out.kept / "reduced.wasm").read_bytes()
    assert len(module) == thrown_out.reduced
    assert len(module) < len(MODULE) / 2
    assert shows(module)
    line = f"  thrown-out/1/reduced.wasm ({len(module)} bytes) shows it: wasm-opt --const-hoisting"
    assert line in told.lines(record)


def test_each_beginning_is_made_once(
    stand_in: StandIn, locator: Locator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """wasm-opt is slow, and halving asks it again and again."""
    made: list[Recipe] = []

    def counted(task: Task, *given: Any) -> bytes:
        made.append(task.recipe)
        return candidate.made(task, *given)

    monkeypatch.setattr(verdict, "made", counted)
    tools = Tools(stand_in(RULES), locator.find("wasm-tools"), locator.find("wasmtrim"))
    given = subject.prepare("test", MODULE, QUIET, None, "raw", locator, tmp_path, tmp_path)
    judge = verdict.Judge(given, tools, tmp_path / "verify")
    whole = parse(["--dce", "--vacuum", "--const-hoisting", "--ssa"])
    assert judge.differs(whole)
    assert reduction.guilty(whole, judge.differs) == Recipe(whole.steps[:3])
    assert [len(recipe.steps) for recipe in made] == [4, 2, 3]

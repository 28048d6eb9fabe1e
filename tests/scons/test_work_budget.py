"""Budgets of the instructions of one function or package, in a release."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from tests.scons.project import Project

# The work is behind the call in `_start`, so that wasm-opt can't take it in.
PROGRAM = """(module
  (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
  (memory (export "memory") 1)
  (func $work (export "work") (param i32)
    (loop (drop (call $yield))
      (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
  (func $start (export "_start") (call $work (i32.const {}))))"""
PROFILE = """
module: hello.wasm
stages: [strip]
contract:
  imports: {"wasi_snapshot_preview1.*": any}
  exports: {_start: func(), memory: memory, work: func(i32)}
smoke: {exit: 0}
budget: [{metric: fuel, scope: function work, %s}]
"""
BASELINE = "config/baselines/hello.module.json"


@pytest.fixture
def work(project: Project, assemble: Callable[[str], bytes]) -> Callable[[int], None]:
    """Writes the module that does so much."""

    def write(times: int) -> None:
        project.write({"hello.wasm": assemble(PROGRAM.format(times))})

    write(10)
    return write


def test_a_function_that_became_slower_fails_by_name(
    project: Project, work: Callable[[int], None]
) -> None:
    project.profile("hello", PROFILE % "growth_percent: 5")
    project.scons("release")
    project.scons("baseline", "dirty=1")
    kept = json.loads((project.root / BASELINE).read_text())["work"]
    assert kept["function work"] == 61
    assert kept["function start"] == 3
    assert project.scons("release").did("measure") == 0
    work(20)
    ended = project.scons("release", status=2)
    assert "of function work: 61 => 121 (+60), allowed is +3" in ended.stderr
    assert not project.shipped()


def test_an_absolute_bound_needs_no_baseline(project: Project, work: Callable[[int], None]) -> None:
    project.profile("hello", PROFILE % "at_most: 61")
    project.scons("release")
    work(11)
    ended = project.scons("release", status=2)
    assert "67, at most 61" in ended.stderr


def test_without_such_a_budget_nothing_is_counted(
    project: Project, work: Callable[[int], None]
) -> None:
    whole = "{metric: fuel, at_most: 1000}"
    project.profile("hello", PROFILE.partition("budget")[0] + f"budget: [{whole}]\n")
    project.scons("release")
    assert not (project.root / "dist" / "hello.hotspots.json").exists()

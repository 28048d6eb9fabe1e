"""Stages that are functions of ours, in a release: snip, which assumes, and positions."""

from __future__ import annotations

from tests.scons.project import PROFILE, Project


def test_what_a_run_does_not_reach_may_be_snipped(project: Project) -> None:
    project.profile("hello", PROFILE + "snip: [spare]\n")
    told = project.scons().tells("hello")
    assert "snip: assumes that spare (7 bytes) is never reached; reaching it traps" in told
    stages = [row["name"] for row in project.sizes("hello")["stages"]]
    assert stages == ["module", "snip", "prune", "strip", "optimize"]


def test_a_run_that_reaches_a_snipped_function_fails_verification(project: Project) -> None:
    project.profile("hello", PROFILE + "snip: [start]\n")
    project.scons(status=2)
    assert not project.verdict("hello")["ok"]
    (run,) = [c for c in project.verdict("hello")["checks"] if c["name"] == "run"]
    assert not run["ok"]
    assert "unreachable" in run["detail"]
    assert project.shipped() == set()


def test_a_module_of_another_compiler_goes_on_unchanged(project: Project) -> None:
    project.profile("hello", PROFILE + "positions: drop\n")
    told = project.scons().tells("hello")
    assert "positions: it has no function table of standard Go; unchanged" in told
    assert (
        project.stage("hello", "positions")["sha256"] == project.stage("hello", "strip")["sha256"]
    )

"""The regression check in a release: budgets, the baseline, and what `scons baseline` rewrites."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from typing import Any

import pytest
from tests.scons.project import HELLO, PROFILE, Project

NO_GROWTH = PROFILE + "budget: [{metric: raw, growth: 0}]\n"
BASELINE = "config/baselines/hello.module.json"


@pytest.fixture
def grow(project: Project, assemble: Callable[[str], bytes]) -> Callable[[], None]:
    """Makes the module bigger, by a segment of data."""
    more = '(data (i32.const 100) "' + "more " * 20 + '"))'
    grown = assemble(HELLO.rstrip().removesuffix(")") + more)
    return lambda: project.write({"hello.wasm": grown})


def regression(project: Project) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(
        (project.root / "dist" / "hello.regression.json").read_text()
    )
    return content


def test_without_a_baseline_nothing_grew(project: Project) -> None:
    project.profile("hello", NO_GROWTH)
    project.scons("release")
    assert regression(project)["ok"]
    assert regression(project)["comparison"] is None


def test_growth_beyond_the_budget_fails_the_release_and_is_in_the_records(
    project: Project, grow: Callable[[], None]
) -> None:
    project.profile("hello", NO_GROWTH)
    project.scons("release")
    project.scons("baseline", "dirty=1")
    assert (project.root / BASELINE).is_file()
    project.scons("release")
    grow()
    ended = project.scons("release", status=2)
    assert "hello: a budget or waiver of the profile fails" in ended.stderr
    assert not regression(project)["ok"]
    assert "failed" in ended.stdout


def test_a_new_baseline_accepts_the_growth(project: Project, grow: Callable[[], None]) -> None:
    project.profile("hello", NO_GROWTH)
    project.scons("release")
    project.scons("baseline", "dirty=1")
    grow()
    project.scons("release", status=2)
    ended = project.scons("baseline", "dirty=1")
    assert "=>" in ended.stdout
    project.scons("release")
    assert regression(project)["ok"]


def test_a_module_over_its_budget_is_not_delivered_and_neither_is_the_one_before(
    project: Project,
) -> None:
    project.profile("hello", PROFILE + "budget: [{metric: raw, at_most: 1000}]\n")
    project.scons("release")
    assert project.shipped() == {"hello"}
    assert "hello.wasm" in (project.root / "dist" / "SHA256SUMS").read_text()
    project.edit("config/profiles/hello.yaml", "at_most: 1000", "at_most: 10")
    ended = project.scons("release", status=2)
    assert "  not delivered: build/stages/hello-optimize-" in ended.stderr
    assert project.shipped() == set()
    assert project.scons("release", status=2).steps == {"compare hello.regression"}
    project.edit("config/profiles/hello.yaml", "at_most: 10}", "at_most: 1000}")
    project.scons("release")
    assert project.shipped() == {"hello"}


@pytest.mark.parametrize("failing", ["budget: [{metric: raw, at_most: 10}]", "limits: {raw: 10}"])
def test_deliver_anyway_delivers_what_failed_and_says_so(project: Project, failing: str) -> None:
    project.profile("hello", f"{PROFILE}{failing}\n")
    ended = project.scons("--deliver-anyway", "release", status=2)
    assert "  delivered anyway: dist/hello.wasm\n" in ended.stderr
    assert project.shipped() == {"hello"}
    assert not (project.root / "dist" / "SHA256SUMS").exists()
    project.scons("release", status=2)
    assert project.shipped() == set()


def test_an_absolute_budget_holds_without_a_baseline(project: Project) -> None:
    project.profile("hello", PROFILE + "budget: [{metric: raw, at_most: 10}]\n")
    ended = project.scons("release", status=2)
    assert "raw" in ended.stderr


@pytest.fixture
def committed(project: Project) -> Project:
    project.profile("hello", PROFILE)
    project.write({".gitignore": "/build/\n/dist/\n.sconsign.dblite\n"})
    me = ("-c", "user.name=me", "-c", "user.email=me@example.org")
    for words in (("init", "-q"), ("add", "-A"), (*me, "commit", "-q", "-m", "first")):
        subprocess.run(["git", *words], cwd=project.root, check=True, capture_output=True)
    return project


def test_a_baseline_is_that_of_a_commit(committed: Project) -> None:
    committed.scons("baseline")
    committed.edit("config/profiles/hello.yaml", "smoke:", "strip: {keep: [name]}\nsmoke:")
    ended = committed.scons("baseline", status=2)
    assert "dirty=1" in ended.stderr

"""The recipes of docs/ci over six requests on one repository, each with its expected verdict.

What is built is a ready module, so that a request takes seconds.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

RECIPE = Path(__file__).parents[2] / "docs" / "ci" / "wasmtrim.sh"
WAIVER = "{metric: raw, extra: 400, reason: the new error texts, who: team media, until: %s}"
PROFILE = """extends: edge
module: vendor/any.wasm
stages: []
contract: {imports: {}, exports: {_start: any, memory: any}}
budget: [{metric: raw, growth: 64 B}]
waivers: [%s]
"""
SCONSTRUCT = """import wasmtrim
env = Environment(tools=["default", wasmtrim.generate])
env.WasmRelease("config/profiles")
Default("release")
"""


class Project:
    """A repository on its branch main, with a clone in which requests are built, as CI does."""

    def __init__(self, path: Path, assemble: Callable[[str], bytes]) -> None:
        self.path = path
        self._assemble = assemble
        self.run("git", "init", "-q", "-b", "main")
        self.run("git", "config", "user.name", "A")
        self.run("git", "config", "user.email", "a@example.com")
        self.write(".gitignore", "build/\ndist/\n.sconsign.dblite\n")
        self.write("SConstruct", SCONSTRUCT)
        self.write("ci/wasmtrim.sh", RECIPE.read_text())

    def run(self, *argv: str, ok: bool = True) -> subprocess.CompletedProcess[str]:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        environ = {key: value for key, value in os.environ.items() if not key.startswith("CI_")}
        ran = subprocess.run(
            argv,
            cwd=self.path,
            env=environ | {"PATH": path, "GITHUB_BASE_REF": "main"},
            capture_output=True,
            text=True,
        )
        assert not ok or ran.returncode == 0, ran.stdout + ran.stderr
        return ran

    def write(self, name: str, text: str) -> None:
        (self.path / name).parent.mkdir(parents=True, exist_ok=True)
        (self.path / name).write_text(text)

    def module(self, data: int) -> None:
        """The module with so many bytes of data."""
        text = f'(data (i32.const 0) "{"0123456789" * (data // 10)}")'
        code = '(memory (export "memory") 1) (func (export "_start"))'
        (self.path / "vendor").mkdir(exist_ok=True)
        (self.path / "vendor/any.wasm").write_bytes(self._assemble(f"(module {code} {text})"))

    def profile(self, *waivers: str) -> None:
        self.write("config/profiles/any.yaml", PROFILE % ", ".join(waivers))

    def commit(self, message: str) -> None:
        self.run("git", "add", "-A")
        self.run("git", "commit", "-q", "-m", message)

    def renew_baseline(self) -> None:
        self.run("scons", "-Q", "-s", "baseline")

    def request(self) -> str:
        """Begin a branch; main is where it is to be merged."""
        self.run("git", "update-ref", "refs/remotes/origin/main", "main")
        self.run("git", "switch", "-q", "-C", "request", "main")
        return ""

    def verdict(self) -> tuple[int, list[dict[str, Any]]]:
        """Run the recipe: its exit status, and what the comparison found."""
        ran = self.run("sh", "ci/wasmtrim.sh", ok=False)
        found = json.loads((self.path / "dist/compare/any.json").read_text())
        assert str(self.path) not in json.dumps(found)
        return ran.returncode, [*found["findings"]]

    def merge(self) -> None:
        self.run("git", "switch", "-q", "main")
        self.run("git", "merge", "-q", "--no-ff", "-m", "merge", "request")


def words(findings: list[dict[str, Any]]) -> list[str]:
    return [finding["outcome"] for finding in findings]


@pytest.fixture
def project(tmp_path: Path, assemble: Callable[[str], bytes]) -> Project:
    made = Project(tmp_path, assemble)
    made.module(1000)
    made.profile()
    made.commit("the module as it was")
    made.renew_baseline()
    made.commit("its baseline")
    return made


def test_a_request_that_changes_nothing_after_a_waived_growth_is_green(project: Project) -> None:
    project.request()
    project.module(1300)
    project.profile(WAIVER % "2026-12-31")
    project.commit("more texts")
    project.merge()

    project.request()
    project.write("README", "texts")
    project.commit("readme")

    status, findings = project.verdict()
    assert (status, words(findings)) == (0, ["held", "unused"])


@pytest.mark.long  # 40 seconds of scons
def test_every_growth_with_a_reason_has_a_green_way_and_an_innocent_request_stays_green(
    project: Project,
) -> None:
    waiver = WAIVER % "2026-12-31"

    # 1. A request grows, and waives it.
    project.request()
    project.module(1300)
    project.commit("more texts")
    status, findings = project.verdict()
    assert (status, words(findings)) == (2, ["over"])
    assert "accept it: run `scons baseline` and commit what it writes" in findings[0]["detail"]
    project.profile(waiver)
    project.commit("waive it")
    status, findings = project.verdict()
    assert (status, words(findings)) == (0, ["waived"])
    project.merge()

    # 2. The next one changes README alone.
    project.request()
    project.write("README", "texts")
    project.commit("readme")
    status, findings = project.verdict()
    assert (status, words(findings)) == (0, ["held", "unused"])
    project.merge()

    # 3. One grows again, and does as the message advised.
    project.request()
    project.module(1600)
    project.commit("still more texts")
    assert project.verdict()[0] == 2
    project.renew_baseline()
    project.commit("accept it")
    status, findings = project.verdict()
    assert (status, words(findings)) == (0, ["accepted"])
    assert (
        "accepted: this change renewed baseline config/baselines/any.module.json"
        in (findings[0]["detail"])
    )
    project.merge()

    # 4. One reverts it, the baseline with it.
    project.request()
    project.run("git", "revert", "--no-edit", "-m", "1", "main")
    status, findings = project.verdict()
    assert (status, words(findings)) == (0, ["held", "unused"])
    project.merge()

    # 5. One removes the waiver, and renews the baseline.
    project.request()
    project.profile()
    project.commit("no waiver")
    assert project.verdict()[0] == 2, "scons: the baseline is still the old one"
    project.renew_baseline()
    project.commit("the baseline")
    status, findings = project.verdict()
    assert (status, words(findings)) == (0, ["held"])
    project.merge()

    # 6. A waiver that has run out fails until it is removed.
    project.request()
    project.profile(WAIVER % "2026-11-01")
    project.commit("a waiver of last month")
    status, findings = project.verdict()
    assert (status, words(findings)) == (2, ["held", "over"])
    assert "it ended on 2026-11-01" in findings[1]["detail"]

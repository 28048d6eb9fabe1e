"""The CI recipes in docs/ci: their commands run by a shell, their rights read from the files."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

RECIPES = Path(__file__).parents[2] / "docs" / "ci"
BIN = Path(sys.executable).parent
ACTIONLINT = "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12"
PROFILE = """extends: edge
module: vendor/any.wasm
contract: {imports: {"env.*": any}, exports: {_start: any, memory: null}}
budget: [{metric: imports, growth: 0}]
"""
SMALL = '(module (func (export "_start")))'
LARGE = """(module (import "env" "log" (func $log (param i32)))
  (func (export "_start") (call $log (i32.const 1))))"""


def recipe(name: str) -> dict[Any, Any]:
    content: dict[Any, Any] = yaml.safe_load((RECIPES / name).read_text())
    return content


def shell(script: str, cwd: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", script],
        cwd=cwd,
        env=os.environ | {"PATH": path} | environ,
        capture_output=True,
        text=True,
    )


@pytest.fixture
def change(tmp_path: Path, assemble: Any) -> Path:
    """A project, checked out as a merge of a change that adds an import."""
    project = tmp_path / "project"
    for folder in ("config/profiles", "vendor", "ci"):
        (project / folder).mkdir(parents=True)
    (project / "config/profiles/any.yaml").write_text(PROFILE)
    (project / "SConstruct").write_text(
        'import wasmtrim\nenv = Environment(tools=["default", wasmtrim.generate])\n'
        'env.WasmRelease("config/profiles")\nDefault("release")\n'
    )
    (project / ".gitignore").write_text("build/\ndist/\n.sconsign.dblite\n")
    (project / "ci/wasmtrim.sh").write_bytes((RECIPES / "wasmtrim.sh").read_bytes())
    (project / "ci/wasmtrim.sh").chmod(0o755)
    module = project / "vendor/any.wasm"
    who = "-c user.name=A -c user.email=a@example.com"
    module.write_bytes(assemble(SMALL))
    shell(f"git init -q -b main; git add -A; git {who} commit -qm small", project)
    module.write_bytes(assemble(LARGE))
    shell(f"git switch -qc grow; git {who} commit -qam large; git switch -q main", project)
    merged = shell(f"git {who} merge -q --no-ff -m merge grow", project)
    assert merged.returncode == 0, merged.stderr
    return project


def test_the_script_fails_for_what_was_added_and_leaves_the_reports(change: Path) -> None:
    ran = shell("ci/wasmtrim.sh", change)

    assert ran.returncode == 1, ran.stderr
    judged = json.loads((change / "dist/compare/any.json").read_text())
    assert "the first parent of the merge commit that was built" in judged["base"]
    assert judged["findings"][0]["outcome"] == "over"
    assert "env.log" in judged["findings"][0]["detail"]
    assert (change / "dist/report/index.html").is_file()
    assert (change / "dist/report/junit.xml").is_file()


def test_the_script_says_why_and_leaves_no_half_file_when_there_is_no_base(change: Path) -> None:
    (change / "config/profiles/any.yaml").write_text("extends: gone\n")

    ran = shell("ci/wasmtrim.sh", change)

    assert ran.returncode > 1
    assert "gone" in ran.stderr
    assert not (change / "dist/compare/any.json").exists()


@pytest.mark.parametrize(
    ("schema", "name"),
    [
        ("vendor.github-workflows", "github-build.yml"),
        ("vendor.github-workflows", "github-comment.yml"),
        ("vendor.gitlab-ci", "gitlab.yml"),
    ],
)
def test_a_recipe_is_what_its_service_reads(schema: str, name: str, tmp_path: Path) -> None:
    ran = shell(f"check-jsonschema --builtin-schema {schema} {RECIPES / name}", tmp_path)

    assert ran.returncode == 0, ran.stdout


@pytest.mark.long  # it is built from source
def test_actionlint_finds_nothing_in_the_workflows(tmp_path: Path) -> None:
    workflows = tmp_path / ".github" / "workflows"
    workflows.mkdir(parents=True)
    for recipe in RECIPES.glob("github-*.yml"):
        (workflows / recipe.name).write_bytes(recipe.read_bytes())

    ran = shell(f"git init -q; go run {ACTIONLINT}", tmp_path)

    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_an_action_is_named_by_the_commit_and_its_version_beside_it() -> None:
    for name in ("github-build.yml", "github-comment.yml"):
        used = re.findall(r"uses: (.*)", (RECIPES / name).read_text())
        assert used
        for action in used:
            assert re.match(r"actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+\b", action)


def test_the_build_of_a_request_may_read_only_and_keeps_no_credentials() -> None:
    build = recipe("github-build.yml")

    assert build[True] == "pull_request"  # YAML 1.1 reads the key `on` as true
    assert build["permissions"] == {"contents": "read"}
    checkout, *_ = build["jobs"]["build"]["steps"]
    assert checkout["with"] == {"fetch-depth": 2, "persist-credentials": False}
    assert "secrets." not in (RECIPES / "github-build.yml").read_text()


def test_the_job_that_posts_has_no_other_right_and_runs_none_of_the_requests_code() -> None:
    posts = recipe("github-comment.yml")

    assert posts["permissions"] == {}
    assert posts[True] == {"workflow_run": {"workflows": ["wasmtrim"], "types": ["completed"]}}
    job = posts["jobs"]["comment"]
    assert job["permissions"] == {"actions": "read", "pull-requests": "write"}
    assert not [step for step in job["steps"] if "checkout" in step.get("uses", "")]
    for step in job["steps"]:  # nothing of the event is put into a shell's text
        assert "${{" not in step.get("run", "")


def test_the_job_that_posts_fails_when_there_is_nothing_it_could_post(tmp_path: Path) -> None:
    *_, post = recipe("github-comment.yml")["jobs"]["comment"]["steps"]

    ran = shell(post["run"], tmp_path, GITHUB_TOKEN="x")

    assert ran.returncode == 2
    assert "built/report/report.json: no such file" in ran.stderr


def test_the_gitlab_job_ends_as_the_build_did_and_says_when_there_is_no_note(change: Path) -> None:
    job = recipe("gitlab.yml")["wasmtrim"]

    ran = shell("\n".join(job["script"]), change, GITLAB_TOKEN="")

    assert ran.returncode == 1
    assert "no note: GITLAB_TOKEN is not set" in ran.stdout
    assert job["artifacts"]["when"] == "always"
    for file in job["artifacts"]["reports"].values():
        assert (change / file).is_file()

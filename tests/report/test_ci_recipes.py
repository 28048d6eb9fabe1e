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

ROOT = Path(__file__).parents[2]
RECIPES = ROOT / "docs" / "ci"
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


def test_the_report_is_of_all_profiles_where_one_fails(change: Path) -> None:
    profiles = change / "config/profiles"
    (profiles / "zebra.yaml").write_text(PROFILE.split("budget")[0])
    (profiles / "any.yaml").write_text(PROFILE.replace('{"env.*": any}', "{}"))

    ran = shell("ci/wasmtrim.sh", change)

    found = json.loads((change / "dist/report/report.json").read_text())
    told = {profile["name"]: profile["verdict"] for profile in found["profiles"]}
    assert (ran.returncode, told) == (2, {"any": "failed", "zebra": "passed"})


def test_the_script_says_why_and_leaves_no_half_file_when_there_is_no_base(change: Path) -> None:
    (change / "config/profiles/any.yaml").write_text("extends: gone\n")

    ran = shell("ci/wasmtrim.sh", change)

    assert ran.returncode > 1
    assert "gone" in ran.stderr
    assert not (change / "dist/compare/any.json").exists()


@pytest.mark.parametrize(
    ("schema", "name"),
    [
        ("vendor.github-actions", "../../action.yml"),
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
    # actionlint reads an action by the workflow that uses it.
    (tmp_path / "action.yml").write_bytes((ROOT / "action.yml").read_bytes())
    (workflows / "action.yml").write_text(
        "on: push\njobs:\n  build:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: ./\n"
        "        with: {profile: edge, base: main}\n"
    )

    ran = shell(f"git init -q; go run {ACTIONLINT}", tmp_path)

    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_an_action_is_named_by_the_commit_and_its_version_beside_it() -> None:
    for name in ("github-build.yml", "github-comment.yml", "../../action.yml"):
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


def played(step: dict[str, Any], inputs: dict[str, str]) -> dict[str, str]:
    """The variables of a step, with the inputs that its expressions name."""
    found = {}
    for name, text in step.get("env", {}).items():
        found[name] = re.sub(r"\$\{\{ inputs\.([\w-]+) }}", lambda each: inputs[each[1]], text)
    return found


@pytest.mark.parametrize("profile", ["", "any"])
def test_the_action_builds_compares_and_fails_for_what_was_added(
    change: Path, tmp_path: Path, profile: str
) -> None:
    action = recipe("../../action.yml")
    inputs = {name: each["default"] for name, each in action["inputs"].items()}
    inputs["profile"] = profile
    stand_ins = tmp_path / "bin"
    stand_ins.mkdir()
    (stand_ins / "pip").write_text('#!/bin/sh\necho "$@" >"$RUNNER_TEMP/pip"\n')
    (stand_ins / "pip").chmod(0o755)
    runner = {
        "GITHUB_ACTION_PATH": str(ROOT),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
        "RUNNER_TEMP": str(tmp_path),
    }
    runs = [step for step in action["runs"]["steps"] if "run" in step]
    statuses: list[int] = []
    for step in runs:
        assert step["shell"] == "bash"
        assert "${{" not in step["run"], "what is put in would be code"
        if any(statuses) and "!cancelled()" not in step.get("if", ""):
            continue
        script = f"PATH={stand_ins}:$PATH\n{step['run']}"
        statuses.append(shell(script, change, **runner, **played(step, inputs)).returncode)

    assert statuses == [0, 1, 0]
    assert (tmp_path / "pip").read_text() == f"install {ROOT}[toolchain]\n"
    assert "1 failed (`any`)" in (tmp_path / "summary.md").read_text()
    judged = json.loads((change / "dist/compare/any.json").read_text())
    assert judged["findings"][0]["outcome"] == "over"
    kept = action["runs"]["steps"][-1]["with"]["path"].split()
    assert all((change / folder).is_dir() for folder in kept)


def test_the_action_runs_on_a_base_and_a_profile_as_it_is_told(change: Path) -> None:
    ran = shell("ci/wasmtrim.sh HEAD^1 gone", change)

    assert ran.returncode == 2
    assert "profile=gone: no such profile" in ran.stdout + ran.stderr
    assert shell("ci/wasmtrim.sh HEAD any", change).returncode == 0


def test_the_hook_is_what_pre_commit_reads_and_its_command_checks_profiles(change: Path) -> None:
    pytest.importorskip("pre_commit", reason="pip install pre-commit")
    manifest = ROOT / ".pre-commit-hooks.yaml"

    ran = shell(f"pre-commit validate-manifest {manifest}", change)

    assert ran.returncode == 0, ran.stdout
    [hook] = yaml.safe_load(manifest.read_text())
    assert re.search(hook["files"], "config/profiles/any.yaml")
    assert shell(hook["entry"], change).returncode == 0
    (change / "config/profiles/any.yaml").write_text("extends: gone\n")
    ran = shell(hook["entry"], change)
    assert ran.returncode == 2
    assert "config/profiles/any.yaml:1:10" in ran.stderr

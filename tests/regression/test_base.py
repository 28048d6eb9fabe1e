"""Bases, in repositories made for the test; what is built there is a ready module."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from wasmtrim.cli.main import main
from wasmtrim.errors import UsageError
from wasmtrim.regression import base
from wasmtrim.regression.base import Commit

PROFILE = """extends: edge
module: vendor/any.wasm
stages: []
contract: {imports: {"env.*": any}, exports: {_start: any, memory: null}}
budget: [{metric: raw, growth: 10}, {metric: imports, growth: 0}]
"""
SMALL = '(module (func (export "_start")))'
LARGE = """(module (import "env" "log" (func $log (param i32)))
  (func (export "_start") (call $log (i32.const 1)) (call $log (i32.const 2))))"""


class Repository:
    def __init__(self, path: Path, assemble: Callable[[str], bytes]) -> None:
        self.path = path
        self._assemble = assemble
        self.git("init", "-q", "-b", "main")
        self.git("config", "user.name", "A")
        self.git("config", "user.email", "a@example.com")
        (path / ".gitignore").write_text("build/\ndist/\n.sconsign.dblite\n")

    def git(self, *words: str) -> str:
        argv = ["git", *words]
        ran = subprocess.run(argv, cwd=self.path, check=True, capture_output=True, text=True)
        return ran.stdout.strip()

    def commit(self, module: str) -> str:
        (self.path / "vendor").mkdir(exist_ok=True)
        (self.path / "vendor" / "any.wasm").write_bytes(self._assemble(module))
        profiles = self.path / "config" / "profiles"
        profiles.mkdir(parents=True, exist_ok=True)
        (profiles / "any.yaml").write_text(PROFILE)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "change")
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def repository(
    tmp_path: Path, assemble: Callable[[str], bytes], monkeypatch: pytest.MonkeyPatch
) -> Repository:
    monkeypatch.chdir(tmp_path)
    return Repository(tmp_path, assemble)


def diverged(repository: Repository) -> str:
    """Commit on a branch, and then on main, which is checked out; give main's commit."""
    repository.commit(SMALL)
    repository.git("switch", "-q", "-c", "change")
    repository.commit(LARGE)
    repository.git("switch", "-q", "main")
    return repository.commit(SMALL)


def test_of_a_merge_it_is_the_first_parent(repository: Repository) -> None:
    target = diverged(repository)
    repository.git("merge", "-q", "--no-ff", "change")

    assert base.resolve(repository.path, {}) == Commit(
        target, "the first parent of the merge commit that was built"
    )


def test_of_a_merge_of_the_target_into_the_change_it_is_the_merge_base(
    repository: Repository,
) -> None:
    target = diverged(repository)
    repository.git("update-ref", "refs/remotes/origin/main", "HEAD")
    repository.git("switch", "-q", "change")
    repository.git("merge", "-q", "--no-ff", "main")

    found = base.resolve(repository.path, {"CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main"})

    assert found == Commit(target, "the merge base with origin/main, as HEAD is no merge into it")


def test_of_a_merge_that_is_in_the_target_it_is_the_first_parent(repository: Repository) -> None:
    before = diverged(repository)
    repository.git("merge", "-q", "--no-ff", "change")
    repository.git("update-ref", "refs/remotes/origin/main", "HEAD")

    found = base.resolve(repository.path, {"GITHUB_BASE_REF": "main"})

    assert isinstance(found, Commit)
    assert found.hash == before


def test_else_it_is_the_merge_base_with_the_branch_that_ci_names(repository: Repository) -> None:
    first = repository.commit(SMALL)
    repository.git("update-ref", "refs/remotes/origin/release", "HEAD")
    repository.commit(LARGE)

    found = base.resolve(repository.path, {"GITHUB_BASE_REF": "release"})

    assert isinstance(found, Commit)
    assert found.hash == first
    assert str(found) == (
        f"{first[:12]}, the merge base with origin/release, as HEAD is no merge commit"
    )


def test_without_either_it_says_why(repository: Repository) -> None:
    repository.commit(SMALL)

    assert base.resolve(repository.path, {}) == (
        "HEAD is no merge commit, and has no merge base with origin/HEAD here"
    )
    repository.git("update-ref", "refs/remotes/origin/main", "HEAD")
    environ = {"CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main"}
    assert base.resolve(repository.path, environ) == (
        "HEAD is no merge commit, and is in origin/main already"
    )


def test_a_clone_that_is_too_shallow_for_the_first_parent_says_what_to_do(
    repository: Repository, tmp_path_factory: pytest.TempPathFactory
) -> None:
    repository.commit(SMALL)
    repository.git("switch", "-q", "-c", "change")
    repository.commit(LARGE)
    repository.git("switch", "-q", "main")
    repository.commit(SMALL)
    repository.git("merge", "-q", "--no-ff", "change")
    shallow = tmp_path_factory.mktemp("clone") / "shallow"
    repository.git("clone", "-q", "--depth", "1", f"file://{repository.path}", str(shallow))

    with pytest.raises(UsageError, match="fetch-depth: 2"):
        base.resolve(shallow, {})


def test_a_clone_that_is_too_shallow_for_the_target_that_ci_names_is_refused(
    repository: Repository,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    repository.commit(SMALL)
    repository.commit(LARGE)
    shallow = tmp_path_factory.mktemp("clone") / "shallow"
    repository.git("clone", "-q", "--depth", "1", f"file://{repository.path}", str(shallow))
    repository.git("-C", str(shallow), "update-ref", "-d", "refs/remotes/origin/main")
    monkeypatch.chdir(shallow)
    monkeypatch.setenv("GITHUB_BASE_REF", "main")

    assert main(["compare", "--base", "auto", "--profile", "any"]) == 2

    told = capsys.readouterr().err
    assert "GITHUB_BASE_REF names main as the target" in told
    assert "is it too shallow? Fetch all of both (actions/checkout: fetch-depth: 0;" in told


def test_a_name_that_is_none_is_refused(repository: Repository) -> None:
    repository.commit(SMALL)

    with pytest.raises(UsageError, match="--base --all: no such commit"):
        base.named(repository.path, "--all")


def test_a_name_that_another_clone_has_is_told_where_it_may_be(
    repository: Repository, tmp_path_factory: pytest.TempPathFactory
) -> None:
    repository.commit(SMALL)
    repository.commit(LARGE)
    repository.git("switch", "-q", "-c", "change")
    folder = tmp_path_factory.mktemp("clone")
    whole, shallow = folder / "whole", folder / "shallow"
    repository.git("clone", "-q", f"file://{repository.path}", str(whole))
    repository.git("clone", "-q", "--depth", "1", f"file://{repository.path}", str(shallow))

    with pytest.raises(UsageError, match="there is origin/main"):
        base.named(whole, "main")
    with pytest.raises(UsageError, match="is it misspelt, or not fetched yet"):
        base.named(whole, "mian")
    with pytest.raises(UsageError, match="the clone is shallow: `git fetch --unshallow`"):
        base.named(shallow, "HEAD~1")


def test_a_profile_that_was_renamed_is_compared_with_itself(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    first = repository.commit(SMALL)
    repository.commit(LARGE)
    repository.git("mv", "config/profiles/any.yaml", "config/profiles/some.yaml")
    repository.git("commit", "-q", "-m", "rename")

    assert main(["compare", "--base", "HEAD~2", "--profile", "some"]) == 1

    told = capsys.readouterr().out
    assert f"any at {first[:12]} => some here" in told
    assert f"base: {first[:12]}, asked for as HEAD~2; some is called any there" in told
    assert told.splitlines()[-1] == "  failed: 2 of 2"


def test_a_profile_that_is_new_has_no_base(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    first = repository.commit(SMALL)
    (repository.path / "config/profiles/some.yaml").write_text(PROFILE)

    assert main(["compare", "--base", "HEAD", "--profile", "some"]) == 0

    told = capsys.readouterr().out
    assert f"base: none: some is new since {first[:12]}, asked for as HEAD" in told
    assert told.splitlines()[-1] == "  not judged: no budget was judged"


def test_a_commit_is_built_in_a_tree_of_its_own_by_todays_tools(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    first = repository.commit(SMALL)
    repository.commit(LARGE)

    status = main(["compare", "--base", "HEAD~1", "--profile", "any"])

    told = capsys.readouterr().out
    assert status == 1
    assert told.splitlines()[-1] == "  failed: 2 of 2"
    assert f"any at {first[:12]} => any here" in told
    assert "import added: env.log: func(i32)" in told
    assert f"base: {first[:12]}, asked for as HEAD~1" in told
    assert "over: budget raw growth" in told
    assert repository.git("status", "--porcelain") == ""


def test_the_same_sources_in_another_folder_are_the_same_bytes(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.commit(LARGE)

    assert main(["compare", "--base", "HEAD", "--profile", "any"]) == 0
    assert "the same bytes" in capsys.readouterr().out


def test_no_base_is_said_and_nothing_grows_by_a_hundred_per_cent(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.commit(LARGE)

    assert main(["compare", "--base", "auto", "--profile", "any"]) == 0

    told = capsys.readouterr().out
    assert "base: none: HEAD is no merge commit" in told
    assert "there is no config/baselines/any.module.json, which `scons baseline` writes" in told
    assert "%" not in told


def test_git_bisect_names_the_commit_that_added_the_bytes(repository: Repository) -> None:
    repository.commit(SMALL)
    repository.git("tag", "v1.0")
    repository.commit(SMALL)
    guilty = repository.commit(LARGE)
    repository.commit(LARGE)
    manual = (Path(__file__).parents[2] / "docs" / "regression.md").read_text()
    start, run = (line.strip() for line in manual.splitlines() if "git bisect" in line)
    script = f"{start} && {run.replace('NAME', 'any')}"
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

    told = subprocess.run(
        ["sh", "-c", script],
        cwd=repository.path,
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
    )

    assert f"{guilty} is the first bad commit" in told.stdout, told.stderr


def test_a_commit_that_says_why_it_grew_is_let_through_where_the_profile_allows_it(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.commit(SMALL)
    repository.git("tag", "base")
    profile = repository.path / "config/profiles/any.yaml"
    (repository.path / "vendor/any.wasm").write_bytes(repository._assemble(LARGE))
    message = "log\n\nWasm-Size: the host wants to see our log"
    repository.git("commit", "-q", "-a", "-m", message)
    argv = ["compare", "--base", "base", "--profile", "any"]

    assert main(argv) == 1
    capsys.readouterr()
    profile.write_text(PROFILE + "commit_waivers: true\n")

    assert main(argv) == 0
    told = capsys.readouterr().out
    commit = repository.git("rev-parse", "HEAD")[:12]
    assert f"by commit {commit} (Wasm-Size: the host wants to see our log)" in told
    assert told.splitlines()[-1] == "  passed: 2 of 2"


def test_a_letter_is_no_reason(repository: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    repository.commit(SMALL)
    (repository.path / "vendor/any.wasm").write_bytes(repository._assemble(LARGE))
    repository.git("commit", "-q", "-a", "-m", "log\n\nWasm-Size: x")
    (repository.path / "config/profiles/any.yaml").write_text(PROFILE + "commit_waivers: true\n")

    assert main(["compare", "--base", "HEAD~1", "--profile", "any"]) == 2
    assert "Wasm-Size: x is no reason; write at least 10 characters" in capsys.readouterr().err


def test_a_project_in_a_folder_of_its_repository_is_built_in_that_folder(
    repository: Repository, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    project = repository.path / "plugins/any"
    project.mkdir(parents=True)
    repository.path, top = project, repository.path
    (project / ".gitignore").write_text((top / ".gitignore").read_text())
    repository.commit(SMALL)
    repository.commit(LARGE)
    monkeypatch.chdir(project)

    assert main(["compare", "--base", "HEAD~1", "--profile", "any"]) == 1

    told = capsys.readouterr().out
    assert "import added: env.log: func(i32)" in told
    assert told.splitlines()[-1] == "  failed: 2 of 2"


def test_a_folder_without_git_is_told_in_gits_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    words = "git can't read a repository here: fatal: not a git repository"

    with pytest.raises(UsageError, match=f"--base HEAD: {words}"):
        base.named(tmp_path, "HEAD")
    with pytest.raises(UsageError, match=f"GITHUB_BASE_REF names main as the target, but {words}"):
        base.resolve(tmp_path, {"GITHUB_BASE_REF": "main"})
    told = base.resolve(tmp_path, {})
    assert isinstance(told, str)
    assert told.startswith(words)


def test_commits_that_a_shallow_clone_lacks_are_said_to_be_missing(
    repository: Repository,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    repository.commit(SMALL)
    repository.git("tag", "base")
    (repository.path / "config/profiles/any.yaml").write_text(PROFILE + "commit_waivers: true\n")
    (repository.path / "vendor/any.wasm").write_bytes(repository._assemble(LARGE))
    repository.git("commit", "-q", "-a", "-m", "log\n\nWasm-Size: the host wants to see our log")
    repository.git("commit", "-q", "--allow-empty", "-m", "the last one")
    shallow = tmp_path_factory.mktemp("clone") / "shallow"
    repository.git("clone", "-q", "--depth", "1", f"file://{repository.path}", str(shallow))
    repository.git("-C", str(shallow), "fetch", "-q", "--depth", "1", "origin", "base")
    monkeypatch.chdir(shallow)

    assert main(["compare", "--base", "FETCH_HEAD", "--profile", "any"]) == 1
    assert "this clone is shallow, so some may be missing" in capsys.readouterr().err

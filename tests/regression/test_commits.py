"""The commit that a change is compared with, and why it is that one."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.regression.repository import LARGE, SMALL, Repository

from wasmtrim.cli.main import main
from wasmtrim.errors import UsageError
from wasmtrim.regression import commits
from wasmtrim.regression.commits import Commit


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

    assert commits.resolve(repository.path, {}) == Commit(
        target, "the first parent of the merge commit that was built"
    )


def test_of_a_merge_of_the_target_into_the_change_it_is_the_merge_base(
    repository: Repository,
) -> None:
    target = diverged(repository)
    repository.git("update-ref", "refs/remotes/origin/main", "HEAD")
    repository.git("switch", "-q", "change")
    repository.git("merge", "-q", "--no-ff", "main")

    found = commits.resolve(repository.path, {"CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main"})

    told = "the merge base with origin/main, as HEAD is not a merge into it"
    assert found == Commit(target, told)


def test_of_a_merge_that_is_in_the_target_it_is_the_first_parent(repository: Repository) -> None:
    before = diverged(repository)
    repository.git("merge", "-q", "--no-ff", "change")
    repository.git("update-ref", "refs/remotes/origin/main", "HEAD")

    found = commits.resolve(repository.path, {"GITHUB_BASE_REF": "main"})

    assert isinstance(found, Commit)
    assert found.hash == before


def test_else_it_is_the_merge_base_with_the_branch_that_ci_names(repository: Repository) -> None:
    first = repository.commit(SMALL)
    repository.git("update-ref", "refs/remotes/origin/release", "HEAD")
    repository.commit(LARGE)

    found = commits.resolve(repository.path, {"GITHUB_BASE_REF": "release"})

    assert isinstance(found, Commit)
    assert found.hash == first
    assert str(found) == (
        f"{first[:12]}, the merge base with origin/release, as HEAD is not a merge commit"
    )


def test_without_either_it_says_why(repository: Repository) -> None:
    repository.commit(SMALL)

    assert commits.resolve(repository.path, {}) == (
        "HEAD is not a merge commit, and has no merge base with origin/HEAD here"
    )
    repository.git("update-ref", "refs/remotes/origin/main", "HEAD")
    environ = {"CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main"}
    assert commits.resolve(repository.path, environ) == (
        "HEAD is not a merge commit, and is in origin/main already"
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
        commits.resolve(shallow, {})


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
        commits.named(repository.path, "--all")


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
        commits.named(whole, "main")
    with pytest.raises(UsageError, match="is it misspelt, or not fetched yet"):
        commits.named(whole, "mian")
    with pytest.raises(UsageError, match="the clone is shallow: `git fetch --unshallow`"):
        commits.named(shallow, "HEAD~1")


def test_a_folder_without_git_is_told_in_gits_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    words = "git can't read a repository here: fatal: not a git repository"

    with pytest.raises(UsageError, match=f"--base HEAD: {words}"):
        commits.named(tmp_path, "HEAD")
    with pytest.raises(UsageError, match=f"GITHUB_BASE_REF names main as the target, but {words}"):
        commits.resolve(tmp_path, {"GITHUB_BASE_REF": "main"})
    told = commits.resolve(tmp_path, {})
    assert isinstance(told, str)
    assert told.startswith(words)

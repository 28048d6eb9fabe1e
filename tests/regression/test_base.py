"""Bases that are built: a commit, with its own profile, and those that say why they grew."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.regression.repository import LARGE, PROFILE, SMALL, Repository

from wasmtrim.cli.main import main


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
    assert "base: none: HEAD is not a merge commit" in told
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
    assert "Wasm-Size: x is not a reason; write at least 10 characters" in capsys.readouterr().err


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

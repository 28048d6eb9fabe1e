"""`wasmtrim history`, in a repository made for the test."""

from __future__ import annotations

import argparse
import json
import subprocess
from pathlib import Path

import pytest

from wasmtrim import git, provenance, records
from wasmtrim.cli import history as command
from wasmtrim.errors import UsageError
from wasmtrim.records import CompilerUsed, FileSize, StageRecord, ToolUsed
from wasmtrim.records.release import of_stages
from wasmtrim.regression import history


def run(*argv: str) -> int:
    parser = argparse.ArgumentParser()
    command.add(parser.add_subparsers())
    args = parser.parse_args(["history", *argv])
    status: int = args.run(args)
    return status


def build(root: Path, profile: str, raw: int) -> None:
    (root / "dist").mkdir(exist_ok=True)
    stage = StageRecord("compile", ToolUsed("go", "1.26.6", True), (), 1.0)
    size = FileSize(raw, raw // 2, raw // 3, f"{raw:064x}")
    used = CompilerUsed("go", "1.26.6", False)
    record = of_stages(profile, used, [], {}, [(stage, size, None)])
    records.SIZES.write(root / "dist" / f"{profile}.sizes.json", record)
    made = [records.SIZES.read(file) for file in sorted((root / "dist").glob("*.sizes.json"))]
    told = provenance.statement(made, [], git.sources(root))
    (root / "dist" / provenance.FILE).write_text(json.dumps(told))


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for variable in ("GIT_COMMITTER_DATE", "GIT_AUTHOR_DATE"):
        monkeypatch.setenv(variable, "2026-03-04T05:06:07+01:00")
    who = ["-c", "user.name=A", "-c", "user.email=a@example.com"]
    subprocess.run(["git", "init", "-q"], check=True)
    subprocess.run(["git", *who, "commit", "-q", "--allow-empty", "-m", "x"], check=True)
    return tmp_path


def test_what_lies_in_dist_is_added_with_its_commit_and_date(root: Path) -> None:
    build(root, "edge", 9_000)
    build(root, "min", 600)

    run("add", "--note", "release 1.0")

    entries = history.read(root / history.FILE)
    assert [(entry.profile, entry.raw, entry.note) for entry in entries] == [
        ("edge", 9_000, "release 1.0"),
        ("min", 600, "release 1.0"),
    ]
    assert entries[0].date == "2026-03-04T05:06:07+01:00"


def test_the_same_build_is_added_once(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build(root, "edge", 9_000)
    run("add")

    run("add", "edge")

    assert "0 of 1 added" in capsys.readouterr().out.splitlines()[-1]


def test_it_is_shown_with_the_difference_to_the_build_before(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    build(root, "edge", 9_000)
    run("add")
    build(root, "edge", 9_500)
    run("add", "--note", "fmt")
    capsys.readouterr()

    run("show")

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "edge"
    assert lines[3].split()[4:] == ["9,500", "+500", "4,750", "3,166", "fmt"]


def test_a_profile_that_isnt_there_is_named(root: Path) -> None:
    build(root, "edge", 9_000)

    with pytest.raises(UsageError, match=r"dist/ has no build of gone"):
        run("add", "gone")
    with pytest.raises(UsageError, match=r"history\.jsonl has no build of any profile"):
        run("show")


def test_without_a_commit_there_is_nothing_to_add(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = tmp_path_factory.mktemp("alone")
    monkeypatch.chdir(alone)
    build(alone, "edge", 1)

    with pytest.raises(UsageError, match="was not made in a git repository"):
        run("add")


def test_the_commit_is_the_one_that_was_built_and_not_head(root: Path) -> None:
    build(root, "edge", 9_000)
    built = git.sources(root).commit
    who = ["-c", "user.name=A", "-c", "user.email=a@example.com"]
    subprocess.run(["git", *who, "commit", "-q", "--allow-empty", "-m", "y"], check=True)

    run("add")

    [entry] = history.read(root / history.FILE)
    assert (entry.commit, entry.dirty) == (built, False)
    assert entry.commit != git.sources(root).commit


def test_a_build_of_changes_that_are_not_committed_is_told_as_that(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / "main.go").write_text("package main")
    subprocess.run(["git", "add", "main.go"], check=True)
    build(root, "edge", 9_000)

    run("add")

    assert history.read(root / history.FILE)[0].dirty
    run("show")
    assert " with changes " in capsys.readouterr().out


def test_a_module_that_was_built_since_is_refused(root: Path) -> None:
    build(root, "edge", 9_000)
    told = (root / "dist" / provenance.FILE).read_text()
    build(root, "edge", 9_500)
    (root / "dist" / provenance.FILE).write_text(told)

    with pytest.raises(UsageError, match=r"tells of another edge\.wasm than dist/edge\.sizes"):
        run("add")


def test_a_profile_that_was_deleted_hinders_no_other(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    build(root, "edge", 9_000)
    made = (root / "dist" / provenance.FILE).read_text()
    build(root, "gone", 600)
    (root / "dist" / provenance.FILE).write_text(made)

    run("add")

    assert [entry.profile for entry in history.read(root / history.FILE)] == ["edge"]
    assert "delivered no such module: gone" in capsys.readouterr().out
    with pytest.raises(UsageError, match="its last release failed, or was of other profiles"):
        run("add", "gone")

"""What a release is made of, in SLSA's words."""

from __future__ import annotations

import subprocess
from pathlib import Path

from wasmtrim.git import Sources, sources
from wasmtrim.provenance import ToolRecord, statement, sums
from wasmtrim.records import FileSize, StageRecord, ToolUsed
from wasmtrim.records.release import of_stages

TOOL = ToolUsed("a program", "1", pinned=True)
STAGES = (
    (StageRecord("compile", TOOL, ("go", "build"), 1.0), FileSize(9, 9, 9, "aa"), None),
    (StageRecord("optimize", TOOL, ("wasm-opt", "-Oz"), 1.0), FileSize(8, 8, 8, "bb"), None),
)
RECORD = of_stages("plugin", None, [], {}, STAGES)


def git(folder: Path, *arguments: str) -> None:
    me = ("-c", "user.name=me", "-c", "user.email=me@example.org")
    subprocess.run(["git", *me, *arguments], cwd=folder, check=True, capture_output=True)


def test_the_subject_is_what_the_last_stage_left() -> None:
    said = statement([RECORD], [], Sources(None))
    assert said["subject"] == [{"name": "plugin.wasm", "digest": {"sha256": "bb"}}]


def test_every_tool_is_named_with_version_and_hash() -> None:
    said = statement([RECORD], [ToolRecord("wasm-opt", "132", "cc")], Sources("dd", dirty=True))
    assert said["predicate"]["buildDefinition"]["resolvedDependencies"] == [
        {"name": "sources", "digest": {"gitCommit": "dd"}, "annotations": {"dirty": True}},
        {"name": "wasm-opt", "digest": {"sha256": "cc"}, "annotations": {"version": "132"}},
    ]


def test_sums_are_lines_that_sha256sum_checks(tmp_path: Path) -> None:
    (tmp_path / "b.wasm").write_bytes(b"")
    nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    (tmp_path / "SHA256SUMS").write_text(sums({"b.wasm": nothing}))
    subprocess.run(["sha256sum", "--strict", "-c", "SHA256SUMS"], cwd=tmp_path, check=True)


def test_a_changed_file_makes_the_sources_dirty_and_an_untracked_one_does_not(
    tmp_path: Path,
) -> None:
    assert sources(tmp_path) == Sources(None)
    git(tmp_path, "init", "-q")
    (tmp_path / "main.go").write_text("package main\n")
    git(tmp_path, "add", "main.go")
    git(tmp_path, "commit", "-q", "-m", "first")
    clean = sources(tmp_path)
    assert clean.commit
    assert not clean.dirty
    (tmp_path / "note.txt").write_text("untracked\n")
    assert sources(tmp_path) == clean
    (tmp_path / "main.go").write_text("package other\n")
    assert sources(tmp_path) == Sources(clean.commit, dirty=True)

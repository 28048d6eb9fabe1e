"""A release that is made again, somewhere else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from wasmtrim import records
from wasmtrim.errors import UsageError
from wasmtrim.records import FileSize, StageRecord, ToolUsed
from wasmtrim.records.release import of_stages
from wasmtrim.reproduction import Difference, differences, reproduce

ADDER = '(module (memory (export "memory") 1) (func (export "_start")))'
PROFILE = """
module: adder.wasm
contract: {exports: {_start: func(), memory: memory}}
smoke: {}
"""
SCONSTRUCT = """
import wasmtrim
env = Environment(tools=[wasmtrim.generate])
env.WasmRelease("config/profiles")
"""


def run(folder: Path, *argv: str) -> None:
    subprocess.run(argv, cwd=folder, check=True, capture_output=True)


def git(folder: Path, *arguments: str) -> None:
    run(folder, "git", "-c", "user.name=me", "-c", "user.email=me@example.org", *arguments)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A committed project that ships one ready module."""
    root = tmp_path / "project"
    (root / "config" / "profiles").mkdir(parents=True)
    (root / "config" / "profiles" / "adder.yaml").write_text(PROFILE)
    (root / "SConstruct").write_text(SCONSTRUCT)
    (root / ".gitignore").write_text("/build/\n/dist/\n.sconsign.dblite\n")
    (root / "adder.wat").write_text(ADDER)
    wasm_tools = Path(sys.executable).with_name("wasm-tools")
    run(root, str(wasm_tools), "parse", "adder.wat", "-o", "adder.wasm")
    git(root, "init", "-q")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "first")
    return root


def release(project: Path) -> None:
    run(project, sys.executable, "-m", "SCons", "-Q", "release")


def test_the_same_commit_gives_the_same_bytes_elsewhere(project: Path) -> None:
    release(project)
    commit, found = reproduce(project)
    assert found == []
    assert len(commit) == 40


def test_a_module_that_was_changed_by_hand_is_named(project: Path) -> None:
    release(project)
    module = project / "dist" / "adder.wasm"
    module.write_bytes(module.read_bytes() + b"\0\2\1x")
    _, found = reproduce(project)
    assert [difference.file for difference in found] == ["adder.wasm"]


def test_changes_that_are_not_committed_cannot_be_reproduced(project: Path) -> None:
    (project / "SConstruct").write_text(SCONSTRUCT + "\n")
    release(project)
    with pytest.raises(UsageError, match="commit them"):
        reproduce(project)


def test_without_a_release_there_is_nothing_to_reproduce(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="run `scons release` first"):
        reproduce(tmp_path)


def test_records_may_differ_in_seconds_only(tmp_path: Path) -> None:
    for folder, seconds, raw in (("a", 1.0, 8), ("b", 2.0, 8), ("c", 1.0, 9)):
        (tmp_path / folder).mkdir()
        stage = StageRecord("compile", ToolUsed("go", "1.26.6", pinned=True), (), seconds)
        size = FileSize(raw, 9, 9, "f" * 64)
        record = of_stages("x", None, [], {}, [(stage, size, None)])
        records.SIZES.write(tmp_path / folder / "x.sizes.json", record)
    assert list(differences(tmp_path / "a", tmp_path / "b")) == []
    assert list(differences(tmp_path / "a", tmp_path / "c")) == [
        Difference("x.sizes.json", "the records differ in more than seconds")
    ]

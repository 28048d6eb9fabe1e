"""Which go.work counts: the first one upwards within the project, where it is committed."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from wasmtrim.compilers.workspace import Workspace, find


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "project/cmd/hello").mkdir(parents=True)
    (tmp_path / "go.work").write_text("go 1.24\n")
    return tmp_path / "project"


def test_none_outside_of_the_project(project: Path) -> None:
    assert find(project / "cmd/hello", project) == Workspace()


@pytest.mark.parametrize("place", ["", "cmd", "cmd/hello"])
def test_the_first_one_upwards(project: Path, place: str) -> None:
    (project / "go.work").write_text("go 1.24\n")
    (project / place / "go.work").write_text("go 1.24\n")
    assert find(project / "cmd/hello", project) == Workspace(project / place / "go.work")


def test_in_a_repository_only_where_it_is_committed(project: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=project, check=True)
    (project / "go.work").write_text("go 1.24\n")
    note = "go.work is not committed, so it is not used"
    assert find(project / "cmd/hello", project) == Workspace(note=note)
    subprocess.run(["git", "add", "go.work"], cwd=project, check=True)
    assert find(project / "cmd/hello", project) == Workspace(project / "go.work")

"""Someone else's project: a Go program, a profile, five lines of SConstruct, and the package."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.scons.project import GO, GO_PROFILE, SCONSTRUCT, Project, environment

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "site_scons" / "site_tools" / "wasmtrim"


def run(*argv: str | Path) -> None:
    ended = subprocess.run(argv, capture_output=True, text=True, check=False, env=environment({}))
    assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.fixture(scope="module")
def venv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the built wheel, what it depends on, and the programs from PyPI."""
    folder = tmp_path_factory.mktemp("installed")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation"]
    run(*build, "--outdir", folder / "wheels", ROOT)
    (wheel,) = (folder / "wheels").glob("*.whl")
    run(sys.executable, "-m", "venv", folder / "venv")
    run(folder / "venv/bin/python", "-m", "pip", "install", "-q", f"{wheel}[toolchain]")
    return folder / "venv"


@pytest.fixture
def stranger(tmp_path: Path) -> Project:
    """A project with nothing of ours in it."""
    project = Project(tmp_path / "stranger")
    project.write({"SConstruct": SCONSTRUCT, **GO})
    project.profile("guest", GO_PROFILE)
    return project


def check(project: Project, scons: Path, **env: str) -> None:
    ended = project.scons(program=scons, env={"PYTHONPATH": "", **env})
    assert project.shipped() == {"guest"}
    assert project.verdict("guest")["ok"]
    assert [stage["name"] for stage in project.sizes("guest")["stages"]] == ["compile"]
    assert "passed: " in ended.tells("guest")
    assert project.scons(program=scons, env={"PYTHONPATH": "", **env}).commands == []


def test_the_installed_package(stranger: Project, venv: Path) -> None:
    assert len(SCONSTRUCT.splitlines()) <= 5
    check(stranger, venv / "bin" / "scons")


def test_the_installed_command(stranger: Project, venv: Path) -> None:
    run(venv / "bin" / "wasmtrim", "--help")
    told = subprocess.run(
        [venv / "bin" / "wasmtrim", "doctor"],
        cwd=stranger.root,
        env=environment({"PYTHONPATH": ""}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert "go" in told.stdout
    assert "Traceback" not in told.stderr


def test_the_package_as_a_submodule(stranger: Project) -> None:
    """Where SCons looks for tools by itself; the name is enough."""
    shutil.copytree(PACKAGE, stranger.root / "site_scons/site_tools/wasmtrim")
    sconstruct = SCONSTRUCT.replace("import wasmtrim\n\n", "").replace(
        "wasmtrim.generate", '"default", "wasmtrim"'
    )
    stranger.write({"SConstruct": sconstruct})
    check(stranger, Path(sys.executable).with_name("scons"))

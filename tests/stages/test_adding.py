"""docs/adding-a-stage.md, followed to the letter in a copy of the package."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.conftest import assembled
from tests.scons.project import HELLO, PROFILE, SCONSTRUCT

import wasmtrim

PACKAGE = Path(wasmtrim.__file__).parent
STAGE = '''\
"""Producers: drop the section that names the tools. By wasm-tools."""

from __future__ import annotations

from dataclasses import dataclass

from wasmtrim.errors import ToolError
from wasmtrim.profile import Profile
from wasmtrim.stages import job as jobs
from wasmtrim.stages.job import IN, OUT, Job
from wasmtrim.wasm import Module

NAME = "producers"
PROGRAM = "wasm-tools"


@dataclass(frozen=True)
class Settings(jobs.Settings):
    pass


def wanted(profile: Profile) -> bool:
    return profile.producers == "drop"


def settings(profile: Profile) -> Settings:
    return Settings()


def job(settings: Settings, before: Module, features: tuple[str, ...]) -> Job:
    return Job(("strip", "--delete=producers", IN, f"--output={OUT}"))


def check(settings: Settings, before: Module, after: Module) -> tuple[str, ...]:
    if after.custom("producers"):
        raise ToolError("the section producers is still there")
    return ()
'''


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert text.count(old) == 1, (file, old)
    file.write_text(text.replace(old, new))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose site_scons has a copy of the package."""
    copy = tmp_path / "site_scons" / "site_tools" / "wasmtrim"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "SConstruct").write_text(SCONSTRUCT)
    (tmp_path / "hello.wasm").write_bytes(assembled(HELLO))
    return tmp_path


def scons(project: Path) -> subprocess.CompletedProcess[str]:
    env = {"PYTHONPATH": str(project / "site_scons" / "site_tools"), "PATH": "/usr/bin:/bin"}
    argv = [sys.executable, "-m", "SCons", "-Q", "build/made.wasm"]
    return subprocess.run(argv, cwd=project, env=env, capture_output=True, text=True)


def test_a_stage_is_a_file_and_four_lines(project: Path) -> None:
    package = project / "site_scons" / "site_tools" / "wasmtrim"
    (package / "stages" / "producers.py").write_text(STAGE)
    registry = package / "stages" / "registry.py"
    edit(registry, "    positions,\n    prune,\n", "    positions,\n    producers,\n    prune,\n")
    edit(registry, "    strip,\n    positions,\n", "    strip,\n    producers,\n    positions,\n")
    values = package / "profile" / "values.py"
    edit(values, '    "strip",\n', '    "strip",\n    "producers",\n')
    model = package / "profile" / "model.py"
    edit(
        model, "    strip: Seconds = 60\n", "    producers: Seconds = 60\n    strip: Seconds = 60\n"
    )
    edit(
        model,
        "    strip: Strip = Strip()\n",
        '    producers: Literal["keep", "drop"] = "keep"\n    strip: Strip = Strip()\n',
    )
    names = package / "scons" / "builder_names.py"
    edit(names, '    "positions"', '    "producers": "WasmProducers",\n    "positions"')
    (project / "config/profiles").mkdir(parents=True)
    (project / "config/profiles/hello.yaml").write_text(PROFILE + "producers: drop\n")
    edit(
        project / "SConstruct",
        'Default("release")',
        'env.WasmProducers("build/made.wasm", "hello.wasm")',
    )

    ended = scons(project)

    assert ended.returncode == 0, ended.stderr
    assert "producers build/made.wasm\n" in ended.stdout


def test_a_list_that_was_forgotten_is_named(project: Path) -> None:
    package = project / "site_scons" / "site_tools" / "wasmtrim"
    (package / "stages" / "producers.py").write_text(STAGE)
    registry = package / "stages" / "registry.py"
    edit(registry, "    positions,\n    prune,\n", "    positions,\n    producers,\n    prune,\n")
    edit(registry, "    strip,\n    positions,\n", "    strip,\n    producers,\n    positions,\n")
    (project / "config/profiles").mkdir(parents=True)
    (project / "config/profiles/hello.yaml").write_text(PROFILE)

    ended = scons(project)

    assert ended.returncode == 2
    assert "do not list the same stages: ('snip', 'prune', 'strip', 'producers'," in ended.stderr

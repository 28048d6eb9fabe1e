"""A disk that is full, is read-only or goes away: told in a line, and nothing half-written."""

from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.scons.project import PROFILE, WASM_STRIP, Project

STRIP = PROFILE + "stages: [strip]\nstrip: {keep: [name]}\n"


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Callable[..., Path]]:
    """Mounts a file system in memory: `mounted(size="64k")`."""
    folder = tmp_path / "mounted"
    folder.mkdir()

    def mount(*options: str) -> Path:
        argv = ["mount", "-t", "tmpfs", "-o", ",".join(options), "tmpfs", str(folder)]
        if os.geteuid() != 0 or subprocess.run(argv, capture_output=True, check=False).returncode:
            pytest.skip("may not mount a file system here")
        return folder

    yield mount
    subprocess.run(["umount", "-l", str(folder)], capture_output=True, check=False)


def leftovers(project: Project) -> set[str]:
    found = {path.name for path in project.root.rglob(".*")}
    return {name for name in found if not name.startswith(".sconsign")}


def fill(folder: Path, left: int) -> Path:
    """Leave so many bytes free."""
    free = os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize
    filler = folder / "filler"
    filler.write_bytes(bytes(free - left))
    return filler


@pytest.mark.parametrize("kib", [4, 16, 28, 40])
def test_a_full_disk(project: Project, mounted: Callable[..., Path], kib: int) -> None:
    """It is full at another step with each size."""
    folder = mounted("size=2m")
    small = project.copy(folder / "project")
    small.profile("hello", STRIP)
    filler = fill(folder, kib << 10)
    ended = small.scons(status=2)
    assert ": No space left on device" in ended.stderr
    assert leftovers(small) == set()
    module = (small.root / "hello.wasm").read_bytes()
    for path in small.root.glob("dist/hello.wasm"):
        assert path.read_bytes() == module
    filler.unlink()
    small.scons()
    assert small.module("hello") == module


def test_a_disk_with_no_room_for_the_report(project: Project, mounted: Callable[..., Path]) -> None:
    """The module is built and proven all the same."""
    folder = mounted("size=2m")
    small = project.copy(folder / "project")
    small.profile("hello", STRIP)
    filler = fill(folder, 72 << 10)
    ended = small.scons()
    assert "wasmtrim: the report: " in ended.stderr
    assert "  passed: " in ended.tells("hello")
    assert (
        "scons: the record of what is up to date was not written: No space left on device"
        in ended.stderr
    )
    assert small.shipped() == {"hello"}
    filler.unlink()
    small.scons()
    assert (small.root / "dist/report/index.html").exists()


def test_a_limit_on_the_size_of_files(project: Project) -> None:
    project.profile("hello", STRIP)

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))

    ended = project.scons(status=2, limits=limit)
    assert "File too large" in ended.stderr
    assert leftovers(project) == set()
    assert project.shipped() == set()
    project.scons()
    assert project.shipped() == {"hello"}


def test_a_folder_that_may_not_be_written(project: Project, mounted: Callable[..., Path]) -> None:
    folder = mounted("size=2m")
    frozen = project.copy(folder / "project")
    frozen.profile("hello", STRIP)
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
    ended = frozen.scons(status=2)
    assert "Read-only file system" in ended.stderr
    subprocess.run(["mount", "-o", "remount,rw", str(folder)], check=True)
    frozen.scons()
    assert frozen.shipped() == {"hello"}


def test_a_cache_that_may_not_be_written(project: Project, mounted: Callable[..., Path]) -> None:
    """What is remembered there is asked again each time."""
    folder = mounted("size=2m")
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
    project.profile("hello", STRIP)
    project.scons(env={"XDG_CACHE_HOME": str(folder)})
    assert project.shipped() == {"hello"}


def test_a_build_folder_that_goes_away_while_a_program_is_at_work(
    project: Project, tmp_path: Path
) -> None:
    program = tmp_path / "wasm-strip"
    program.write_text(
        '#!/bin/sh\n[ "$1" = --version ] && echo 1.0.42 && exit\n'
        f'{WASM_STRIP} "$@"; rm -rf {project.root}/build {project.root}/dist\n'
    )
    program.chmod(0o755)
    project.profile("hello", STRIP)
    env = {"WASMTRIM_WASM_STRIP": str(program)}
    ended = project.scons(status=2, env=env)
    assert "strip: wasm-strip ended well but wrote no module" in ended.stderr
    project.scons()
    assert project.shipped() == {"hello"}

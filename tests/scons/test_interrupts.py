"""^C, SIGTERM, kill -9: nothing half-done or temporary, no stray program; then the same bytes."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.scons.project import GO, GO_PROFILE, PROFILE, SCONS, Project, environment
from tests.stand_ins import tinygo as stand_in

STRIP = PROFILE + "stages: [strip]\nstrip: {keep: [name]}\n"
HANGS = "sleep 600"
ASKING_TO_END = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
DEAF = "trap '' TERM INT HUP; while true; do sleep 0.1; done"


@contextmanager
def running(project: Project, *arguments: str, **env: str) -> Iterator[subprocess.Popen[str]]:
    """A scons at work, the leader of a process group of its own."""
    scons = subprocess.Popen(
        [SCONS, "-Q", *arguments],
        cwd=project.root,
        env=environment(env),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        # A shell that starts pytest in the background has it ignored, and all that pytest starts.
        preexec_fn=lambda: [signal.signal(number, signal.SIG_DFL) for number in ASKING_TO_END],
    )
    try:
        yield scons
    finally:
        scons.kill()
        scons.wait()
        assert scons.stdout
        scons.stdout.close()


def until(holds: Callable[[], bool]) -> None:
    """Wait for what must happen; a minute at most."""
    patience = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < patience, "it did not happen"
        time.sleep(0.02)


def is_gone(pid: int) -> bool:
    """Whether a process has ended, be it that nobody took note yet."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return True
    return state in "ZX"


def temporary(project: Project) -> set[str]:
    found = {str(path.relative_to(project.root)) for path in project.root.rglob(".*")}
    return {name for name in found if not name.startswith(".sconsign")}


@pytest.mark.parametrize(
    ("script", "number", "whom"),
    [
        (HANGS, signal.SIGINT, "group"),
        (HANGS, signal.SIGINT, "process"),
        (HANGS, signal.SIGTERM, "process"),
        (DEAF, signal.SIGTERM, "process"),
    ],
    ids=["^C", "SIGINT", "SIGTERM", "a program that is deaf to it"],
)
def test_an_interrupt_ends_all_at_once(
    project: Project, tmp_path: Path, script: str, number: signal.Signals, whom: str
) -> None:
    pid = tmp_path / "pid"
    program = tmp_path / "wasm-strip"
    program.write_text(
        '#!/bin/sh\n[ "$1" = --version ] && echo 1.0.42 && exit\n'
        f"printf half > out.wasm; echo $$ > {pid}; {script}\n"
    )
    program.chmod(0o755)
    project.profile("hello", STRIP)
    with running(project, WASMTRIM_WASM_STRIP=str(program)) as scons:
        until(lambda: pid.exists() and pid.read_text() != "")
        (os.killpg if whom == "group" else os.kill)(scons.pid, number)
        said, _ = scons.communicate(timeout=60)
    assert scons.returncode == 2
    assert "Traceback" not in said
    assert "Build interrupted." in said
    assert is_gone(int(pid.read_text()))
    assert temporary(project) == set()
    assert not list(project.root.glob("build/stages/hello-strip*"))
    project.scons()
    assert project.module("hello") == (project.root / "hello.wasm").read_bytes()


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_an_interrupt_while_the_sources_are_asked_for(
    project: Project, tmp_path: Path, name: str
) -> None:
    pid = tmp_path / "pid"
    go = tmp_path / "go"
    go.write_text(
        '#!/bin/sh\n[ "$1" = version ] && echo go version go1.26.6 linux/amd64 && exit\n'
        f"echo $$ > {pid}; {HANGS}\n"
    )
    go.chmod(0o755)
    project.write(GO)
    project.profile("guest", GO_PROFILE)
    with running(project, WASMTRIM_GO=str(go)) as scons:
        until(lambda: pid.exists() and pid.read_text() != "")
        scons.send_signal(signal.Signals[name])
        said, _ = scons.communicate(timeout=60)
    assert scons.returncode == 2
    assert said == "scons: Build interrupted.\n"
    assert is_gone(int(pid.read_text()))


SLOW_TABLE = """
import pathlib, time
from wasmtrim.report import terminal

def show(report, file):
    pathlib.Path("showing").touch()
    time.sleep(600)

terminal.show = show
"""


def test_an_interrupt_of_the_table(built: Project) -> None:
    built.edit("SConstruct", "import wasmtrim\n", f"import wasmtrim\n{SLOW_TABLE}")
    with running(built) as scons:
        until((built.root / "showing").exists)
        scons.send_signal(signal.SIGINT)
        said, _ = scons.communicate(timeout=60)
    assert said == "scons: `release' is up to date.\nscons: Build interrupted.\n"


def test_an_interrupt_is_no_answer(project: Project, tmp_path: Path) -> None:
    """Places that TinyGo can't tell are left out, for good; not where it was ended."""
    real, asked = stand_in.install(tmp_path / "real"), tmp_path / "asked"
    tinygo = tmp_path / "tinygo"
    tinygo.write_text(f'#!/bin/sh\n[ "$1" = env ] && echo > {asked} && {HANGS}\nexec {real} "$@"\n')
    tinygo.chmod(0o755)
    project.write(GO)
    project.profile("guest", GO_PROFILE.replace("name: go", "name: tinygo"))
    with running(project, "dist/guest.locations.json", WASMTRIM_TINYGO=str(tinygo)) as scons:
        until(asked.exists)
        scons.send_signal(signal.SIGINT)
        said, _ = scons.communicate(timeout=60)
    assert "Build interrupted." in said
    assert not (project.root / "dist/guest.locations.json").exists()


def kill_at_random_moments(
    project: Project, times: int, modules: dict[str, bytes], longest: float
) -> None:
    """Each kill comes at another moment of a build from scratch or of one that goes on."""
    moments = random.Random(1)
    for _ in range(times):
        with running(project, "-j2") as scons:
            time.sleep(moments.uniform(0.1, longest))
            os.killpg(scons.pid, signal.SIGKILL)
        for path in project.root.glob("dist/*.wasm"):
            assert path.read_bytes() == modules[path.name], "whole, or not there"
        if moments.random() < 0.5:
            project.scons("-j2")
            assert shipped(project) == modules
            assert temporary(project) == set()
            project.scons("-c")
    project.scons("-j2")
    assert shipped(project) == modules
    assert temporary(project) == set()


def shipped(project: Project) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (project.root / "dist").glob("*.wasm")}


def undisturbed(project: Project) -> tuple[dict[str, bytes], float]:
    """Build the project; give what it ships and how many seconds it took, and clean it."""
    started = time.monotonic()
    project.scons("-j2")
    seconds = time.monotonic() - started
    modules = shipped(project)
    project.scons("-c")
    return modules, seconds


@pytest.mark.parametrize("times", [4, pytest.param(100, marks=pytest.mark.long)])
def test_kills_at_random_moments(project: Project, times: int) -> None:
    project.profile("hello", PROFILE + "strip: {keep: [name]}\n")
    kill_at_random_moments(project, times, *undisturbed(project))


@pytest.mark.long
def test_kills_at_random_moments_of_a_go_release(project: Project) -> None:
    project.write(GO)
    project.profile("guest", GO_PROFILE.replace("stages: [compile]\n", ""))
    kill_at_random_moments(project, 3, *undisturbed(project))

"""A release with nothing to do lays nothing out; whatever a profile depends on is still noticed."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.scons.project import HELLO, PROFILE, SCONSTRUCT, WASM_STRIP, Project

NOTE = "build/wasmtrim/settled.json"
# Says at the end what was imported of what a settled release has no use for.
IMPORTED = """
import atexit, sys

def told():
    names = ("pydantic", "yaml", "rich", "wasmtrim.scons.chain", "wasmtrim.records")
    print("imported:", *(name for name in names if name in sys.modules))

atexit.register(told)
"""


@pytest.fixture(scope="module")
def settled_once(
    tmp_path_factory: pytest.TempPathFactory, assemble: Callable[[str], bytes]
) -> Project:
    made = Project(tmp_path_factory.mktemp("settled") / "project")
    made.write({"SConstruct": SCONSTRUCT + IMPORTED, "hello.wasm": assemble(HELLO)})
    made.profile("hello", PROFILE)
    made.profile("again", f"extends: edge\n{PROFILE}")
    made.scons()
    return made


@pytest.fixture
def settled(settled_once: Project) -> Project:
    """A project in which nothing is to be done; a test leaves its sources as they are."""
    return settled_once


def lays_out(project: Project, *arguments: str, env: dict[str, str] | None = None) -> list[str]:
    """Release; gives what was imported beyond what a settled release needs."""
    said = project.scons(*arguments, env=env).stdout
    (line,) = [line for line in said.splitlines() if line.startswith("imported:")]
    return line.split()[1:]


def noted(project: Project) -> set[str]:
    """Name the profiles that are settled."""
    return set(json.loads((project.root / NOTE).read_bytes())["profiles"])


def test_a_settled_release_imports_neither_pydantic_nor_yaml(settled: Project) -> None:
    before, table = settled.times(), settled.scons().stdout
    assert lays_out(settled) == []
    assert "`release' is up to date." in table
    assert "hello  ready module" in table
    assert "again" in table
    assert settled.times() == before


def test_one_profile_alone_is_settled_too(settled: Project) -> None:
    settled.scons("profile=hello")
    assert "wasmtrim.scons.chain" not in lays_out(settled, "profile=hello")


CHANGES: dict[str, Callable[[Project], None]] = {
    "a module of its stages": lambda p: next((p.root / "build/stages").glob("*.wasm")).unlink(),
    "its file": lambda p: p.edit("config/profiles/hello.yaml", "smoke:", "description: x\nsmoke:"),
    "its module": lambda p: p.write(
        {"hello.wasm": (p.root / "hello.wasm").read_bytes() + b"\0\2\1x"}
    ),
    "a file that stands in for its target": lambda p: p.write(
        {"config/profiles/edge.yaml": PROFILE}
    ),
    "a toolchain file": lambda p: p.write({"config/toolchain.yaml": "policy: locked\n"}),
    "a baseline": lambda p: p.write({"config/baselines/other.go.json": "{}"}),
    "the SConstruct": lambda p: p.edit("SConstruct", "import atexit", "import  atexit"),
    "a record": lambda p: p.write({"dist/hello.verify.json": "{}"}),
    "the module that ships": lambda p: p.write({"dist/hello.wasm": b"\0asm\1\0\0\0"}),
    "a report": lambda p: (p.root / "dist/report/junit.xml").unlink(),
    "the digests": lambda p: (p.root / "dist/SHA256SUMS").unlink(),
}


def test_each_change_is_noticed(settled: Project, tmp_path: Path) -> None:
    project = settled.copy(tmp_path / "copy")
    project.scons()
    for what, change in CHANGES.items():
        assert "hello" in noted(project), what
        change(project)
        assert lays_out(project), what
        assert (project.root / "dist/report/junit.xml").exists()
        assert (project.root / "dist/SHA256SUMS").exists()
        assert len(project.module("hello")) > 8


def test_a_copy_is_not_taken_for_the_original(settled: Project, tmp_path: Path) -> None:
    assert "wasmtrim.scons.chain" in lays_out(settled.copy(tmp_path / "copy"))


def test_another_program_is_noticed(settled: Project, tmp_path: Path) -> None:
    program = tmp_path / "wasm-strip"
    program.write_text(f'#!/bin/sh\nexec {WASM_STRIP} "$@"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    assert lays_out(settled, env={"WASMTRIM_WASM_STRIP": str(program)})
    assert lays_out(settled, env={"PATH": f"{tmp_path}:{os.environ['PATH']}"})


def test_what_shows_more_than_a_release_lays_out_all(settled: Project) -> None:
    for words in (("--tree=all",), ("-n",), ("dist/hello.wasm",)):
        assert "wasmtrim.scons.chain" in lays_out(settled, *words), words


@pytest.mark.parametrize("content", [b"[]", b"\xff", b'{"schema": 2}'])
def test_a_damaged_note_is_told_and_made_again(settled: Project, content: bytes) -> None:
    (settled.root / NOTE).write_bytes(content)
    ended = settled.scons()
    assert ended.stderr == f"wasmtrim: {NOTE}: damaged, so it is made again\n"
    assert ended.steps == set()
    assert noted(settled) == {"hello", "again"}


def test_a_profile_alone_settles_nothing_of_what_is_made_of_all(built: Project) -> None:
    built.write({".gitignore": "/build/\n/dist/\n.sconsign*\n"})
    built.scons()
    me = ("-c", "user.name=a", "-c", "user.email=a@example.com")
    for words in (("init", "-q"), ("add", "-A"), (*me, "commit", "-q", "-m", "first")):
        subprocess.run(["git", *words], cwd=built.root, check=True)
    built.scons("profile=hello")
    built.scons()
    assert "gitCommit" in (built.root / "dist/provenance.json").read_text()


def test_a_file_that_changes_while_scons_runs_settles_nothing(
    project: Project,
) -> None:
    """It may have been read before or after."""
    project.profile("hello", PROFILE)
    touch = "import pathlib\npathlib.Path('hello.wasm').touch()\n"
    project.write({"SConstruct": SCONSTRUCT + touch})
    project.scons()
    assert noted(project) == set()


def test_a_profile_to_which_the_sconstruct_adds_is_never_settled(project: Project) -> None:
    project.profile("hello", PROFILE)
    shutil.copy(project.root / "hello.wasm", project.root / "more.txt")
    for line in (
        "Depends('dist/hello.wasm', 'more.txt')",
        "AddPostAction('dist/hello.wasm', Copy('signed.wasm', 'dist/hello.wasm'))",
        "Command('hello.wasm', 'more.txt', Copy('$TARGET', '$SOURCE'))",
    ):
        project.write({"SConstruct": SCONSTRUCT + line + "\n"})
        project.scons()
        assert noted(project) == set(), line


def test_an_addition_that_no_file_shows_is_refused_and_then_heeded(project: Project) -> None:
    project.profile("hello", PROFILE)
    more = "import os\nif os.environ.get('MORE'): Depends('dist/hello.wasm', 'more.txt')\n"
    project.write({"SConstruct": SCONSTRUCT + more, "more.txt": "1"})
    project.scons()
    said = project.scons(env={"MORE": "1"}, status=2).stderr
    assert "dist/hello.wasm: the SConstruct adds to it, and did not when hello was released" in said
    assert "verify" in project.scons(env={"MORE": "1"}).stdout


@pytest.mark.long
def test_a_go_file_more_is_noticed(go_built: Project) -> None:
    go_built.scons()
    assert go_built.scons().steps == set()
    go_built.write({"guest/more.go": "package main\n\nfunc init() { println(1) }\n"})
    assert go_built.scons().did("compile") == 1

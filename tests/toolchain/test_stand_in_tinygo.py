"""The stand-in TinyGo behaves as TinyGo does; where a real one is on PATH, it is asked, too."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

import pytest
from tests.stand_ins import tinygo
from tests.stand_ins.tinygo import Settings

from wasmtrim import process
from wasmtrim.errors import ToolError
from wasmtrim.process import Finished
from wasmtrim.toolchain import Locator, load
from wasmtrim.wasm import module as wasm

REAL = os.environ.get("WASMTRIM_TINYGO") or shutil.which("tinygo")
MAIN = 'package main\n\nfunc main() { println("hello") }\n'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "go.mod").write_text("module hello\n\ngo 1.22\n")
    (folder / "main.go").write_text(MAIN)
    return folder


@pytest.fixture(scope="module")
def go() -> Path:
    return Path(Locator(load(), Path.cwd()).find("go").argv[0]).parent


def run(program: Path, project: Path, go: Path, *arguments: str) -> Finished:
    temporary = project.parent / "tmp"
    temporary.mkdir(exist_ok=True)
    env = {
        "PATH": f"{go}:/usr/bin:/bin",
        "HOME": os.environ.get("HOME", "/"),
        "TMPDIR": str(temporary),
        "GOTOOLCHAIN": "local",
    }
    return process.run([str(program), *arguments], timeout=300, cwd=project, env=env)


def test_it_builds_a_module(project: Path, go: Path) -> None:
    program = tinygo.install(project.parent / "bin")
    ended = run(program, project, go, "build", "-target=wasip1", "-no-debug", "-o", "a.wasm", ".")
    assert ended.status == 0, ended.said
    module = wasm.read((project / "a.wasm").read_bytes())
    assert "target_features" in {section.name for section in module.sections}
    assert list((project.parent / "tmp").iterdir()) == []


@pytest.mark.parametrize(("pre_wasm_opt", "name"), [(False, "main"), (True, "main.pre-wasm-opt")])
def test_work_leaves_the_module_as_linked(
    project: Path, go: Path, pre_wasm_opt: bool, name: str
) -> None:
    program = tinygo.install(project.parent / "bin", Settings(pre_wasm_opt=pre_wasm_opt))
    ended = run(program, project, go, "build", "-target=wasip1", "-work", "-o", "a.wasm", ".")
    [work] = [line[5:] for line in ended.stdout.decode().splitlines() if line[:5] == "WORK="]
    linked = Path(work) / name
    assert linked.stat().st_size > (project / "a.wasm").stat().st_size
    wasm.read(linked.read_bytes())


BUILD = ("build", "-target=wasip1", "-o", "a.wasm")


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        ((*BUILD, "-ldflags", "-s -w", "."), 2, "flag provided but not defined: -s\nUsage of link"),
        ((*BUILD, "-nosuch", "."), 2, "flag provided but not defined: -nosuch\nUsage of "),
        ((*BUILD, "-trimpath", "."), 2, "flag provided but not defined: -trimpath"),
        ((*BUILD, "-gc"), 2, "flag needs an argument: -gc"),
        ((*BUILD, "-stack-size=64k", "."), 2, "Unrecognized size suffix k"),
        ((*BUILD, "-gc=foo", "."), 1, "invalid gc option 'foo': valid values are none, leaking"),
        ((*BUILD, "-opt=3", "."), 1, "invalid -opt=3: valid values are none, 0, 1, 2, s, z"),
        ((*BUILD, "-buildmode=foo", "."), 1, "invalid buildmode option 'foo': valid values are"),
        (("build", "-target=nosuch", "."), 1, "nosuch.json: no such file or directory"),
        (("nosuch",), 1, "Unknown command: nosuch"),
    ],
)
def test_it_refuses_as_tinygo_does(
    project: Path, go: Path, arguments: tuple[str, ...], status: int, words: str
) -> None:
    stand_in = tinygo.install(project.parent / "bin")
    programs = [stand_in, *([Path(REAL)] if REAL else [])]
    for program in programs:
        ended = run(program, project, go, *arguments)
        if program is not stand_in and "go version" in ended.said:
            continue  # the real one refuses this Go first
        assert (ended.status, words in ended.said) == (status, True), ended.said


def test_it_tells_what_a_target_sees(project: Path, go: Path) -> None:
    program = tinygo.install(project.parent / "bin")
    ended = run(program, project, go, "info", "-json", "-target=wasip1", "-gc=leaking")
    told = json.loads(ended.stdout)
    assert (told["goos"], told["goarch"], told["garbage_collector"]) == (
        "wasip1",
        "wasm",
        "leaking",
    )
    assert {"tinygo", "gc.leaking", "scheduler.asyncify"} <= set(told["build_tags"])


def test_a_newer_tinygo_may_take_what_this_one_refuses(project: Path, go: Path) -> None:
    program = tinygo.install(project.parent / "bin", Settings(takes_s_w=True))
    ended = run(program, project, go, *BUILD, "-ldflags", "-s -w", ".")
    assert ended.status == 0, ended.said


def test_the_compiler_s_own_words_come_through(project: Path, go: Path) -> None:
    (project / "main.go").write_text("package main\n\nfunc main() { x }\n")
    ended = run(tinygo.install(project.parent / "bin"), project, go, *BUILD, ".")
    assert ended.status == 1
    assert "undefined: x" in ended.said


@pytest.mark.parametrize(
    ("ends", "status", "size"),
    [("killed", -9, None), ("without-file", 0, None), ("garbage", 0, 16)],
)
def test_it_fails_as_it_is_told(
    project: Path, go: Path, ends: str, status: int, size: int | None
) -> None:
    program = tinygo.install(project.parent / "bin", Settings(ends=ends))
    ended = run(program, project, go, *BUILD, ".")
    assert ended.status == status, ended.said
    module = project / "a.wasm"
    assert (module.stat().st_size if module.exists() else None) == size


def test_it_can_hang(project: Path, go: Path) -> None:
    program = tinygo.install(project.parent / "bin", Settings(ends="hangs"))
    env = {"PATH": f"{go}:/usr/bin:/bin", "TMPDIR": str(project)}
    with pytest.raises(ToolError, match="no end after 2 s"):
        process.run([str(program), *BUILD, "."], timeout=2, cwd=project, env=env)


def test_the_locator_takes_it_for_tinygo(tmp_path: Path) -> None:
    program = tinygo.install(tmp_path / "bin", Settings(version="0.41.1"))
    environ = {"PATH": f"{program.parent}:{Path(sys.executable).parent}"}
    tool = Locator(load(), tmp_path, cache=tmp_path / "cache", environ=environ).find("tinygo")
    assert (tool.version, tool.pinned, tool.origin) == ("0.41.1", False, "PATH")

"""What fails is told, and nothing that failed is left under a final name."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.scons.project import PROFILE, Project

STRIP = PROFILE + "stages: [strip]\nstrip: {keep: [name]}\n"
Program = Callable[..., dict[str, str]]


@pytest.fixture
def strip(project: Project) -> Project:
    """A project with one quick profile, `hello`, built."""
    project.profile("hello", STRIP)
    project.scons()
    return project


@pytest.fixture
def wasm_strip(tmp_path: Path) -> Program:
    """Gives the environment in which a shell script is the wasm-strip."""

    def write(script: str, version: str = "1.0.42") -> dict[str, str]:
        program = tmp_path / "wasm-strip"
        head = f'#!/bin/sh\n[ "$1" = --version ] && echo {version} && exit\n'
        program.write_text(f"{head}{script}\n")
        program.chmod(0o755)
        return {"WASMTRIM_WASM_STRIP": str(program)}

    return write


def leftovers(project: Project) -> set[str]:
    """Name what should have been temporary."""
    found = {path.name for path in project.root.rglob(".*")}
    return {name for name in found if not name.startswith(".sconsign")}


def test_a_module_that_fails_its_verification_is_not_delivered(strip: Project) -> None:
    strip.edit("config/profiles/hello.yaml", "hello\\n", "good bye\\n")
    ended = strip.scons(status=2)
    assert strip.shipped() == set(), "the one of the build before is gone, too"
    assert "hello: the module build/stages/hello-strip-" in ended.stderr
    assert '  output: line 1 is "hello", expected is "good bye"' in ended.stderr
    assert "failed: 1 of 6 checks: output" in ended.tells("hello")
    verdict = strip.verdict("hello")
    assert not verdict["ok"]
    assert [check["name"] for check in verdict["checks"] if not check["ok"]] == ["output"]
    assert strip.sizes("hello")["stages"][-1]["name"] == "strip"


def test_who_asks_for_the_sizes_alone_leaves_the_report_of_the_release(strip: Project) -> None:
    strip.edit("config/profiles/hello.yaml", "hello\\n", "good bye\\n")
    strip.scons(status=2)
    told = (strip.root / "dist/report/report.json").read_text()

    ended = strip.scons("dist/hello.sizes.json")

    assert "not built" not in ended.stdout
    assert (strip.root / "dist/report/report.json").read_text() == told


def test_it_is_judged_again_until_it_holds(strip: Project) -> None:
    strip.edit("config/profiles/hello.yaml", "hello\\n", "good bye\\n")
    strip.scons(status=2)
    assert strip.scons(status=2).steps == {"verify hello.verify"}
    strip.edit("config/profiles/hello.yaml", "good bye\\n", "hello\\n")
    strip.scons()
    assert strip.shipped() == {"hello"}


def test_a_module_over_its_limit_is_not_delivered(strip: Project) -> None:
    strip.edit("config/profiles/hello.yaml", "stages:", "limits: {raw: 100}\nstages:")
    ended = strip.scons(status=2)
    assert strip.shipped() == set()
    assert "size raw: " in ended.stderr


def test_an_import_that_the_contract_lacks_is_told_with_its_key(strip: Project) -> None:
    strip.edit("config/profiles/hello.yaml", '{"wasi_snapshot_preview1.*": any}', "{}")
    ended = strip.scons(status=2)
    assert "wasi_snapshot_preview1.fd_write" in ended.stderr
    assert "contract.imports" in ended.stderr


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("exit 3", "strip: wasm-strip 1.0.42: exit status 3"),
        ("kill -9 $$", "strip: wasm-strip 1.0.42: killed by SIGKILL"),
        ("exit 0", "strip: wasm-strip ended well but wrote no module"),
        ("cp in.wasm out.wasm", "strip: custom sections are still there: 'producers'"),
        ("yes >&2", "strip: wasm-strip 1.0.42: no end after 1 s"),
    ],
)
def test_a_program_that_fails(
    strip: Project, wasm_strip: Program, assemble: Callable[[str], bytes], script: str, told: str
) -> None:
    module = (strip.root / "hello.wasm").read_bytes()
    producers = assemble('(module (@custom "producers" "\\00"))')[8:]
    strip.write({"hello.wasm": module + producers})
    strip.edit("config/profiles/hello.yaml", "stages:", "timeouts: {strip: 1}\nstages:")
    ended = strip.scons(status=2, env=wasm_strip(script))
    assert told in ended.stderr
    assert "wasm-strip --keep-section=name --output=out.wasm in.wasm" in ended.stderr
    assert len(ended.stderr) < 10_000
    assert told.split(":")[1] in ended.tells("hello")
    assert strip.shipped() == set()
    assert leftovers(strip) == set()
    strip.scons()
    assert strip.shipped() == {"hello"}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "hello.wasm: header at byte 0: not WebAssembly"),
        (b"text", "hello.wasm: header at byte 0: not WebAssembly"),
        (b"\0asm\1\0\0\0\7", "hello.wasm: export section at byte 9: "),
    ],
    ids=["empty", "text", "cut"],
)
def test_a_ready_module_that_is_none(strip: Project, content: bytes, told: str) -> None:
    strip.write({"hello.wasm": content})
    assert told in strip.scons(status=2).stderr
    assert strip.shipped() == set()


def test_a_stage_that_takes_long_shows_that_it_is_alive(
    strip: Project, wasm_strip: Program
) -> None:
    often = "import wasmtrim.scons.progress\nwasmtrim.scons.progress.EVERY_SECONDS = 0.1\n"
    strip.edit("SConstruct", "import wasmtrim\n", f"import wasmtrim\n{often}")
    env = wasm_strip("sleep 0.5; cp in.wasm out.wasm")
    said = strip.scons(env=env).stdout
    assert re.search(r"^strip build/stages/hello-strip-\w+\.wasm: at work for 0 s$", said, re.M)


def test_a_program_that_is_not_there(strip: Project) -> None:
    ended = strip.scons(status=2, env={"WASMTRIM_WASM_STRIP": "/nowhere/wasm-strip"})
    assert "WASMTRIM_WASM_STRIP=/nowhere/wasm-strip: no such file" in ended.stderr


def test_a_program_that_may_not_be_run(strip: Project, wasm_strip: Program) -> None:
    env = wasm_strip("exit 0")
    Path(env["WASMTRIM_WASM_STRIP"]).chmod(0o644)
    ended = strip.scons(status=2, env=env)
    assert f"{env['WASMTRIM_WASM_STRIP']}: not executable" in ended.stderr


def test_a_program_of_another_version_is_taken_and_told(
    strip: Project, wasm_strip: Program
) -> None:
    ended = strip.scons(env=wasm_strip("cp in.wasm out.wasm", version="1.0.30"))
    assert "note: strip: wasm-strip 1.0.30 is not proven to be the pinned one" in ended.tells(
        "hello"
    )
    assert strip.stage("hello", "strip")["tool"] == {
        "name": "wasm-strip",
        "version": "1.0.30",
        "pinned": False,
    }


def test_a_stage_that_changes_what_the_module_does_is_named(
    strip: Project, wasm_strip: Program
) -> None:
    script = "sed 's/---hello/---HELLO/' in.wasm > out.wasm"
    ended = strip.scons(status=2, env=wasm_strip(script))
    assert "same at each stage: strip changed the output" in ended.stderr

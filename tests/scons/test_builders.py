"""Each builder alone, in a stranger's SConstruct, with its own variables."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.scons.project import GO, PROFILE, Project

from wasmtrim import wasm

HEAD = "import wasmtrim\nenv = Environment(tools=[wasmtrim.generate])\n"


@pytest.fixture
def build(project: Project) -> Callable[..., Project]:
    """Builds a project whose SConstruct holds these lines after the tool's."""

    def run(lines: str, *arguments: str, status: int = 0) -> Project:
        project.write({"SConstruct": HEAD + lines})
        project.scons(*arguments, status=status)
        return project

    return run


def read(project: Project, name: str) -> Any:
    return json.loads((project.root / name).read_text())


def exports(project: Project, name: str) -> set[str]:
    module = wasm.read((project.root / name).read_bytes())
    return {export.name for export in module.exports}


Build = Callable[..., Project]


def test_prune(build: Build) -> None:
    project = build("env.WasmPrune('small.wasm', 'hello.wasm', WASMPRUNE_EXPORTS=['spare'])")
    assert exports(project, "small.wasm") == {"memory", "_start", "spare"}
    assert read(project, "small.stage.json")["tool"]["name"] == "wasm-metadce"


def test_a_word_is_a_list_of_one(build: Build) -> None:
    """As everywhere in SCons; its letters are no names."""
    project = build("env.WasmPrune('small.wasm', 'hello.wasm', WASMPRUNE_EXPORTS='spare')")
    assert exports(project, "small.wasm") == {"memory", "_start", "spare"}


def test_strip(build: Build) -> None:
    project = build(
        "env.WasmStrip('bare.wasm', 'hello.wasm')\n"
        "env.WasmStrip('named.wasm', 'hello.wasm', WASMSTRIP_KEEP=['name'])\n"
    )
    for name, left in (("bare.wasm", []), ("named.wasm", ["name"])):
        module = wasm.read((project.root / name).read_bytes())
        assert [section.name for section in module.customs()] == left


@pytest.mark.parametrize("passes", ["['--vacuum', '--dce']", "'--vacuum --dce'"])
def test_optimize(build: Build, passes: str) -> None:
    project = build(
        f"env.WasmOpt('o.wasm', 'hello.wasm', WASMOPT_LEVEL=2, WASMOPT_PASSES={passes})"
    )
    argv = read(project, "o.stage.json")["argv"]
    assert argv[-3:] == ["-O2", "--vacuum", "--dce"]


def test_stages_in_a_row_and_a_size_table_of_them(build: Build) -> None:
    project = build(
        "pruned = env.WasmPrune('a.wasm', 'hello.wasm')[0]\n"
        "bare = env.WasmStrip('b.wasm', pruned)[0]\n"
        "env.WasmSizes('all.sizes.json', ['hello.wasm', pruned, bare])\n"
    )
    record = read(project, "all.sizes.json")
    assert record["profile"] == "all"
    assert [stage["name"] for stage in record["stages"]] == ["module", "prune", "strip"]
    assert record["stages"][1]["raw"] == (project.root / "a.wasm").stat().st_size


def test_verify(build: Build, project: Project) -> None:
    project.profile("hello", PROFILE)
    build("env.WasmVerify('hello.verify.json', 'hello.wasm', WASMVERIFY_PROFILE='hello')")
    assert read(project, "hello.verify.json")["ok"]


def test_verify_delivers_a_module_that_passes(build: Build, project: Project) -> None:
    project.profile("hello", PROFILE)
    build(
        "env.WasmVerify('v.json', 'hello.wasm',"
        " WASMVERIFY_PROFILE='config/profiles/hello.yaml', WASMVERIFY_DELIVER='out/hello.wasm')"
    )
    assert (project.root / "out/hello.wasm").read_bytes() == (
        project.root / "hello.wasm"
    ).read_bytes()


def test_go(build: Build, project: Project) -> None:
    project.write(GO)
    project = build(
        "module = env.GoWasm('guest.wasm', 'guest', GOWASM_DEBUG=True)[0]\n"
        "env.WasmSizes('guest.sizes.json', module)\n"
    )
    assert read(project, "guest.sizes.json")["compiler"] == {
        "name": "go",
        "version": "1.26.6",
        "fallback": False,
    }
    assert read(project, "guest.stage.json")["argv"] == [
        "go",
        "build",
        "-trimpath",
        "-buildvcs=false",
        "-o",
        "out.wasm",
        ".",
    ]
    assert wasm.read((project.root / "guest.wasm").read_bytes()).custom("name") is not None


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("env.WasmVerify('v.json', 'hello.wasm')", "WASMVERIFY_PROFILE"),
        ("env.WasmVerify('v.json', 'hello.wasm', WASMVERIFY_PROFILE='none')", "none"),
        ("env.GoWasm('g.wasm', 'guest', GOWASM_BUILDMODE='exe')", "GOWASM_BUILDMODE='exe'"),
        ("env.TinyGo('g.wasm', 'guest', TINYGO_GC='mark')", "TINYGO_GC='mark'"),
        ("env.WasmOpt('o.wasm', 'gone.wasm')", "gone.wasm"),
        ("env.GoWasm('g.wasm', 'gone')", "gone: no such folder"),
        ("env.GoWasm('g.wasm', 'hello.wasm')", "hello.wasm: no such folder"),
        ("env.WasmOpt('o.wasm', 'hello.wasm', WASMOPT_TIMEOUT='soon')", "WASMOPT_TIMEOUT"),
        ("env.WasmOpt('o.wasm', 'hello.wasm', WASMOPT_LEVEL='9')", "-O9"),
    ],
)
def test_what_cannot_be_is_told(project: Project, lines: str, told: str) -> None:
    project.write({**GO, "SConstruct": HEAD + lines + "\n"})
    assert told in project.scons(status=2).stderr


def test_a_message_of_one_s_own(project: Project) -> None:
    project.write(
        {
            "SConstruct": "import wasmtrim\n"
            "env = Environment(tools=[wasmtrim.generate], WASMSTRIPCOMSTR='cutting $TARGET')\n"
            "env.WasmStrip('bare.wasm', 'hello.wasm')\n"
        }
    )
    assert "cutting bare.wasm\n" in project.scons().stdout


def test_sources_outside_of_the_project(project: Project) -> None:
    project.write({f"../elsewhere/{name}": text for name, text in GO.items()})
    project.write({"SConstruct": HEAD + "env.GoWasm('guest.wasm', '../elsewhere/guest')\n"})
    project.scons()
    assert project.scons().commands == []

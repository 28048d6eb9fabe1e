"""A profile whose contract names a world: what is pruned by it, judged by it, and made again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.scons.project import SCONSTRUCT, Project

from wasmtrim import wasm

SUMS = """\
package a:sums@1.0.0;
interface log { say: func(text: string); }
interface sums { add: func(a: u32, b: u32) -> u32; }
world adder { import log; export sums; }
"""
ADDER = """
(module
  (import "a:sums/log@1.0.0" "say" (func $say (param i32 i32)))
  (memory (export "memory") 1)
  (func (export "spare") (result i32) (i32.const 7))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 0))
  (func (export "cabi_post_a:sums/sums@1.0.0#add") (param i32))
  (func (export "a:sums/sums@1.0.0#add") (param i32 i32) (result i32)
    (call $say (i32.const 0) (i32.const 0))
    (i32.add (local.get 0) (local.get 1))))
"""
PROFILE = "module: adder.wasm\ncontract: {wit: wit, world: adder, other_exports: refuse}\n"


@pytest.fixture
def project(tmp_path: Path, assemble: Callable[[str], bytes]) -> Project:
    made = Project(tmp_path / "project")
    made.write({"SConstruct": SCONSTRUCT, "adder.wasm": assemble(ADDER), "wit/sums.wit": SUMS})
    made.profile("adder", PROFILE)
    return made


def test_the_world_says_what_is_kept_and_what_must_hold(project: Project) -> None:
    project.scons()
    shipped = wasm.read(project.module("adder"))
    assert {export.name for export in shipped.exports} == {
        "memory", "a:sums/sums@1.0.0#add", "cabi_post_a:sums/sums@1.0.0#add",
    }, "the host passes nothing that takes room, so cabi_realloc goes"  # fmt: skip
    details = {check["name"]: check["detail"] for check in project.verdict("adder")["checks"]}
    assert details["world"] == "a:sums/adder@1.0.0, by its core types"
    assert project.scons().steps == set()
    project.edit("wit/sums.wit", "text: string", "code: u64")
    ended = project.scons(status=2)
    assert "verify adder.verify" in ended.steps
    assert (
        "world: import a:sums/log@1.0.0.say is func(i32, i32), not func(i64): parameter 1 is"
        " `code: u64`, an i64; the WIT is func(code: u64)"
    ) in ended.stdout + ended.stderr


def test_the_builder_of_prune_takes_a_world(project: Project) -> None:
    head = "import wasmtrim\n\nenv = Environment(tools=[wasmtrim.generate])\n"
    call = "env.WasmPrune('small.wasm', 'adder.wasm', WASMPRUNE_WIT='wit/sums.wit')\n"
    project.write({"SConstruct": head + call})
    project.scons()
    module = wasm.read((project.root / "small.wasm").read_bytes())
    assert "spare" not in {export.name for export in module.exports}
    assert "a:sums/sums@1.0.0#add" in {export.name for export in module.exports}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("wit: wit,", "wit: gone,"), "contract.wit: 'gone' is not there; name a WIT package"),
        (("world: adder", "world: adders"), "wit: it has no world 'adders'; did you mean 'adder'?"),
        (("wit: wit,", ""), "contract.world: found without the WIT that it is of; name its folder"),
    ],
)
def test_a_world_that_cannot_be_read_is_told_in_a_line(
    change: tuple[str, str], says: str, project: Project
) -> None:
    project.edit("config/profiles/adder.yaml", *change)
    ended = project.scons(status=2)
    assert says in ended.stdout + ended.stderr
    assert "Traceback" not in ended.stderr

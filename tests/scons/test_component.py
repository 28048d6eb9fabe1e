"""A profile that asks for a component: its stages, and what makes them out of date."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.scons.project import SCONSTRUCT, Ended, Project
from tests.stages.test_component import ADAPTER, ADDER, WIT

from wasmtrim import wasm

PROFILE = """
module: adder.wasm
component: {wit: wit}
contract:
  exports: {add: func}
"""
MADE = ["embed adder-embed", "componentize adder-componentize", "trim adder-trim"]

Release = Callable[..., Ended]


@pytest.fixture
def project(tmp_path: Path, assemble: Callable[[str], bytes]) -> Project:
    """A module that becomes a component, with an adapter that no network brings."""
    made = Project(tmp_path / "project")
    made.write(
        {
            "SConstruct": SCONSTRUCT,
            "adder.wasm": assemble(ADDER),
            "wit/sums.wit": WIT,
            "own.wasm": assemble(ADAPTER),
        }
    )
    made.profile("adder", PROFILE)
    return made


@pytest.fixture
def release(project: Project) -> Release:
    def scons(*arguments: str, status: int = 0) -> Ended:
        env = {"WASMTRIM_WASI_ADAPTER": str(project.root / "own.wasm")}
        return project.scons(*arguments, status=status, env=env)

    return scons


def test_the_last_stages_make_a_component(project: Project, release: Release) -> None:
    ended = release("-j2")
    assert set(MADE) <= ended.steps
    names = [stage["name"] for stage in project.sizes("adder")["stages"]]
    assert names == ["module", "prune", "strip", "optimize", "embed", "componentize", "trim"]
    shipped = wasm.read_binary(project.module("adder"))
    assert isinstance(shipped, wasm.Component)
    assert list(shipped.customs()) == []
    assert "componentize: with wasi-adapter of its own" in ended.tells("adder")
    unstripped = wasm.read_binary((project.root / "dist" / "adder.unstripped.wasm").read_bytes())
    assert isinstance(unstripped, wasm.Component)
    assert {section.name for section in unstripped.customs()} == {"name"}
    assert release().steps == set()


def test_what_the_stages_read_is_what_they_hang_on(
    project: Project, release: Release, assemble: Callable[[str], bytes]
) -> None:
    release()
    project.edit("wit/sums.wit", "a: u32", "left: u32")
    assert {"embed adder-embed", "componentize adder-componentize"} <= release().steps
    project.write({"wit/notes.wit": "package a:sums@1.0.0;"})
    assert "embed adder-embed" in release().steps
    project.write({"own.wasm": assemble(ADAPTER.replace("i32.const 0", "i32.const 1"))})
    steps = release().steps
    assert "componentize adder-componentize" in steps
    assert "embed adder-embed" not in steps


def test_the_provenance_names_the_adapter(project: Project, release: Release) -> None:
    release()
    statement = json.loads((project.root / "dist" / "provenance.json").read_text())
    names = [d["name"] for d in statement["predicate"]["buildDefinition"]["resolvedDependencies"]]
    assert "wasi-adapter" in names
    assert names.count("wasm-tools") == 1


def test_no_adapter_is_asked_for_where_nothing_needs_it(project: Project) -> None:
    imports = 'imports: {"*": any}\n'
    plain = PROFILE.replace("component: {wit: wit}\n", "").replace("func", "any")
    project.profile("adder", f"{plain}  {imports}")
    project.write({"config/toolchain.yaml": "programs: {wasi-adapter: {sources: []}}\n"})
    assert not {*MADE} & project.scons().steps
    project.profile("adder", PROFILE)
    ended = project.scons(status=2)
    assert "wasi-adapter 1.35.0 is not available" in ended.stderr
    assert "WASMTRIM_WASI_ADAPTER" in ended.stderr


def test_a_folder_that_is_not_there_is_told(project: Project, release: Release) -> None:
    project.profile("adder", PROFILE.replace("wit: wit", "wit: no/wit"))
    assert "component.wit: 'no/wit' is not there" in release(status=2).stderr


def test_the_builders_can_be_used_alone(project: Project, release: Release) -> None:
    project.write({
        "SConstruct": """\
import wasmtrim

env = Environment(tools=[wasmtrim.generate])
embedded = env.WasmEmbed("embedded.wasm", "adder.wasm", WASMEMBED_WIT="wit")
whole = env.WasmComponentize("whole.wasm", embedded)
env.WasmComponentTrim("out.wasm", whole, WASMCOMPONENTTRIM_KEEP="name")
"""
    })  # fmt: skip
    release()
    made = wasm.read_binary((project.root / "out.wasm").read_bytes())
    assert isinstance(made, wasm.Component)
    assert {section.name for section in made.customs()} == {"name"}


def test_a_link_in_the_wit_folder_does_not_leave_the_project(
    project: Project, release: Release, tmp_path_factory: pytest.TempPathFactory
) -> None:
    secret = tmp_path_factory.mktemp("elsewhere") / "secret.wit"
    secret.write_text("package a:b;\n")
    (project.root / "wit" / "more.wit").symlink_to(secret)
    ended = release(status=2)
    assert "wit/more.wit: a link that leads out of the project; put the file in its place" in (
        ended.stderr
    )


def test_a_ready_component_takes_the_chain_of_a_component(
    project: Project, release: Release, assemble: Callable[[str], bytes]
) -> None:
    text = '(component (core module (func)) (@custom "notes" "some text"))'
    project.write({"ready.wasm": assemble(text)})
    project.profile("adder", "module: ready.wasm\n")
    ended = release()
    names = [stage["name"] for stage in project.sizes("adder")["stages"]]
    assert names == ["module", "prune", "strip", "optimize", "trim"]
    assert "prune: it takes core modules, and this is a component" in ended.tells("adder")
    assert list(wasm.read_binary(project.module("adder")).customs()) == []

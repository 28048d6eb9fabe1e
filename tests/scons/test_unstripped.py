"""The unstripped build of a shipped module: the same stages, with names kept."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from tests.scons.project import HELLO, PROFILE, Project

from wasmtrim import wasm
from wasmtrim.attribution.names import unstripped
from wasmtrim.wasm import names


def compared(project: Project, name: str) -> unstripped.UnstrippedNames:
    shipped = wasm.read(project.module(name))
    named = (project.root / "dist" / f"{name}.unstripped.wasm").read_bytes()
    return unstripped.compare(shipped, wasm.read(named))


@pytest.mark.parametrize(
    "stages",
    [
        "[compile, prune, strip, optimize]",
        "[compile, strip, optimize, prune]",
        "[compile, optimize, strip]",
    ],
)
def test_without_its_names_it_is_the_shipped_module(project: Project, stages: str) -> None:
    project.profile("hello", PROFILE + f"stages: {stages}\n")
    project.scons("release")
    found = compared(project, "hello")
    assert found.proven
    assert "start" in found.names.values()
    assert names.read(wasm.read(project.module("hello"))).functions == {}


GROWS = "optimize: {level: 0, passes: [--flatten]}\n"


@pytest.mark.parametrize("stages", ["[strip, optimize]", "[prune, strip, optimize]"])
def test_a_stage_that_makes_the_module_bigger_is_left_out_of_both(
    project: Project, stages: str
) -> None:
    project.profile("hello", f"{PROFILE}{GROWS}stages: {stages}\n")
    ended = project.scons("release")
    strip, optimize = (project.stage("hello", name) for name in ("strip", "optimize"))
    assert optimize["sha256"] == strip["sha256"]
    assert optimize["argv"][0] == "wasm-opt"
    (note,) = [note for note in project.sizes("hello")["notes"] if note.startswith("optimize: ")]
    assert re.fullmatch(
        r"optimize: raw \d+ becomes \d+ \(\+\d+\.\d%\); \d+ after all stages, \d+ without this one:"
        r" so the module before goes on \(`keep: always` takes this one\)",
        note,
    )
    assert "goes on" in ended.tells("hello")
    found = compared(project, "hello")
    assert found.proven
    assert "start" in found.names.values()


def test_keep_always_takes_what_is_bigger(project: Project) -> None:
    project.profile("hello", f"{PROFILE}{GROWS}keep: always\n")
    project.scons("release")
    assert project.stage("hello", "optimize")["raw"] > project.stage("hello", "strip")["raw"]
    assert compared(project, "hello").proven


def test_a_module_that_ships_its_names_needs_no_unstripped_build(project: Project) -> None:
    project.profile("hello", PROFILE + "strip: {keep: [name]}\n")
    project.scons("release")
    assert not (project.root / "dist" / "hello.unstripped.wasm").exists()


def test_a_module_without_names_has_no_unstripped_build_and_costs_no_second_run(
    project: Project, assemble: Callable[[str], bytes]
) -> None:
    nameless = re.sub(r"\$(hello|start|spare)\b", "", HELLO).replace("$write", "", 1)
    project.write({"hello.wasm": assemble(nameless.replace("call $write", "call 0"))})
    project.profile("hello", PROFILE)
    ended = project.scons("release")
    assert not (project.root / "dist" / "hello.unstripped.wasm").exists()
    assert (ended.did("prune"), ended.did("strip"), ended.did("optimize")) == (1, 1, 1)


def test_debug_information_does_not_go_along(project: Project) -> None:
    debug = b"\0\x0d\x0b.debug_infox"
    project.write({"hello.wasm": (project.root / "hello.wasm").read_bytes() + debug})
    project.profile("hello", PROFILE)
    project.scons("release")
    assert compared(project, "hello").proven
    named = wasm.read((project.root / "dist" / "hello.unstripped.wasm").read_bytes())
    assert [section.name for section in named.customs()] == ["name"]


def test_the_unstripped_build_costs_no_second_run(project: Project) -> None:
    project.profile("hello", PROFILE)
    ended = project.scons("release")
    assert (ended.did("prune"), ended.did("optimize")) == (1, 1)
    assert "-g" in project.stage("hello", "optimize")["argv"]


def test_who_asks_for_the_module_alone_gets_no_unstripped_build(project: Project) -> None:
    project.profile("hello", PROFILE)
    project.scons("dist/hello.wasm")
    assert not (project.root / "dist" / "hello.unstripped.wasm").exists()

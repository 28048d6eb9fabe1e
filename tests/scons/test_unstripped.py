"""The unstripped build of a shipped module: the same stages, with names kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.scons.project import PROFILE, Project

from wasmtrim import wasm
from wasmtrim.attribution import unstripped
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


def test_a_module_that_ships_its_names_needs_no_unstripped_build(project: Project) -> None:
    project.profile("hello", PROFILE + "strip: {keep: [name]}\n")
    project.scons("release")
    assert not (project.root / "dist" / "hello.unstripped.wasm").exists()


def test_who_asks_for_the_module_alone_pays_for_no_unstripped_build(project: Project) -> None:
    project.profile("hello", PROFILE)
    project.scons("dist/hello.wasm")
    assert not (project.root / "dist" / "hello.unstripped.wasm").exists()
    assert len(list(Path(project.root, "build", "stages").glob("*-optimize-*.wasm"))) == 1

"""The chain of a profile: which stages run, in which order, and what each is told."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations

import pytest
from tests.scons.project import PROFILE, Project

from wasmtrim import wasm

ORDERS = [
    *permutations(["prune", "strip", "optimize"]),
    ("optimize",),
    ("strip", "optimize"),
    ("prune",),
    (),
]

SIGN = """
(module $sign
  (func $sign (export "sign") (param i32) (result i32) (i32.extend8_s (local.get 0)))
  (func $spare (export "spare"))
  {section})
"""
SECTION = '(@custom "target_features" "\\02+\\08sign-ext+\\0bbulk-memory")'


@pytest.mark.parametrize(
    ("section", "flags"),
    [
        (SECTION, ["--mvp-features", "--enable-bulk-memory", "--enable-sign-ext"]),
        ("", ["--mvp-features", "--enable-sign-ext"]),
    ],
    ids=["a module that names its features", "one that does not"],
)
def test_every_order_works_and_every_stage_is_told_the_features(
    project: Project, assemble: Callable[[str], bytes], section: str, flags: list[str]
) -> None:
    """After strip, too, which cuts the section that names them."""
    project.write({"sign.wasm": assemble(SIGN.format(section=section))})
    for number, order in enumerate(ORDERS):
        stages = ", ".join(order)
        project.profile(
            f"order-{number}",
            f"module: sign.wasm\nstages: [{stages}]\ncontract: {{exports: {{sign: any}}}}\n",
        )
    project.scons("-j2")
    for number, order in enumerate(ORDERS):
        record = project.sizes(f"order-{number}")
        assert [stage["name"] for stage in record["stages"]] == ["module", *order]
        assert record["features"] == sorted(flag.removeprefix("--enable-") for flag in flags[1:])
        for stage in record["stages"]:
            if stage["tool"]["name"] in ("wasm-opt", "wasm-metadce"):
                told = [flag for flag in stage["argv"] if flag[:8] in ("--enable", "--mvp-fe")]
                assert told == flags
        exports = {export.name for export in wasm.read(project.module(f"order-{number}")).exports}
        assert exports == ({"sign"} if "prune" in order else {"sign", "spare"})


def test_prune_false_leaves_prune_out(project: Project) -> None:
    project.profile("hello", PROFILE + "stages: [prune, strip]\nprune: false\n")
    project.scons()
    assert [stage["name"] for stage in project.sizes("hello")["stages"]] == ["module", "strip"]
    assert b"spare" in project.module("hello")


def test_sections_that_are_to_stay_stay(project: Project) -> None:
    project.profile("hello", PROFILE + "stages: [strip]\nstrip: {keep: [name]}\n")
    project.scons()
    assert [s.name for s in wasm.read(project.module("hello")).customs()] == ["name"]


def test_passes_come_after_the_level_in_their_order(project: Project) -> None:
    keys = "stages: [optimize]\noptimize: {level: s, passes: [--vacuum, --converge, --dce]}\n"
    project.profile("hello", PROFILE + keys)
    project.scons()
    argv = project.stage("hello", "optimize")["argv"]
    assert argv[argv.index("-Os") :] == ["-Os", "--vacuum", "--converge", "--dce", "-g"]


@pytest.mark.parametrize(
    ("keys", "kept"),
    [
        ("stages: [prune, optimize]", True),
        ("strip: {keep: [name]}", True),
        ("", False),
    ],
)
def test_names_go_through_the_stages_and_ship_only_where_they_are_to(
    project: Project, keys: str, kept: bool
) -> None:
    project.profile("hello", f"{PROFILE}{keys}\n")
    project.scons()
    assert (wasm.read(project.module("hello")).custom("name") is not None) == kept
    for name in ("prune", "optimize"):
        assert "-g" in project.stage("hello", name)["argv"]


def test_a_module_with_nothing_to_prune_is_handed_on_and_says_so(project: Project) -> None:
    exports = "exports: {_start: func(), memory: memory, spare: func() -> i32}"
    text = PROFILE.replace("exports: {_start: func(), memory: memory}", exports)
    project.profile("hello", text + "stages: [prune]\n")
    ended = project.scons()
    assert project.module("hello") == (project.root / "hello.wasm").read_bytes()
    assert project.stage("hello", "prune")["argv"] == []
    assert "note: prune: the module exports nothing beyond its contract" in ended.stdout


def test_an_export_that_prune_loses_fails_the_profile(
    project: Project, assemble: Callable[[str], bytes]
) -> None:
    module = '(module (func (export "a\\"b")) (func (export "spare")))'
    project.write({"odd.wasm": assemble(module)})
    project.profile("odd", "module: odd.wasm\ncontract: {exports: {'a\"b': any}}\n")
    ended = project.scons(status=2)
    assert "prune: wasm-metadce lost the exports 'a\"b'" in ended.stderr
    assert not (project.root / "dist/odd.wasm").exists()

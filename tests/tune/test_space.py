"""The space: what wasm-opt knows, what binaryen's fuzzer combines, and what the module allows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from wasmtrim.profile import Metric
from wasmtrim.stages import execution, optimize
from wasmtrim.stages.registry import STAGES
from wasmtrim.toolchain import Locator
from wasmtrim.tune import coreset, edits, space
from wasmtrim.tune.recipe import Recipe, parse, recipe

Assemble = Callable[[str], bytes]
KNOWN = {"flatten", "dfo", "rereloop", "vacuum", "dce", "converge", "monomorphize", "gsi",
         "outlining", "one-caller-inline-max-function-size", "skip-pass",
         "traps-never-happen"}  # fmt: skip


@pytest.mark.parametrize(
    "line",
    [
        "-Oz",
        "--gufa --flatten --rereloop -Oz",
        "--converge --one-caller-inline-max-function-size=64 --dce -Oz",
        "--monomorphize --pass-arg=monomorphize-min-benefit@95 -Oz",
    ],
)
def test_a_recipe_is_read_as_it_is_written(line: str) -> None:
    assert str(parse(line.split())) == line


def test_the_module_as_it_is_has_no_options() -> None:
    assert recipe((), ["--converge"]).options == ()
    assert str(Recipe()) == "as it is"


@pytest.mark.parametrize(
    ("line", "allowed"),
    [
        ("-Oz", True),
        ("--dce --dce -Oz", True),
        ("--flatten --rereloop -Oz", True),
        ("--rereloop -Oz", False),  # its code is not flat
        ("--flatten -Oz --rereloop", False),
        ("--flatten --rereloop --flatten", False),  # exponential
        ("-O4 --flatten", False),
        ("--flatten --dfo -Oz", False),  # may not come to an end
        ("--outlining -Oz", False),  # not in binaryen's fuzzer
        ("--no-such-pass", False),
        ("-Oz -Oz -Oz -Oz", False),  # too slow
        ("--gsi -Oz", False),  # for GC alone
        ("--traps-never-happen -Oz", False),  # nobody assumed it
        ("--one-caller-inline-max-function-size=8 -Oz", True),
        (
            "--one-caller-inline-max-function-size=8 --one-caller-inline-max-function-size=32 -Oz",
            False,
        ),
    ],
)
def test_what_lies_in_the_space(line: str, allowed: bool) -> None:
    assert space.of(KNOWN, ("bulk-memory",)).allows(parse(line.split())) == allowed


@pytest.mark.parametrize(
    "features", [("gc",), ("exception-handling",), ("multivalue", "reference-types")]
)
def test_code_is_not_made_flat_where_binaryen_cannot(features: tuple[str, ...]) -> None:
    assert not space.of(KNOWN, features).allows(parse(["--flatten", "-Oz"]))


def test_an_assumption_is_in_the_space_where_it_is_named() -> None:
    found = space.of(KNOWN, (), ("traps-never-happen",))
    assert found.allows(parse(["--traps-never-happen", "-Oz"]))


@pytest.mark.parametrize("metric", ["raw", "gzip", "brotli"])
def test_the_coreset_lies_in_the_space_of_the_pinned_wasm_opt(
    locator: Locator, metric: Metric
) -> None:
    found = space.read(locator.find("wasm-opt"), ())
    recipes = coreset.load(metric)
    assert recipes
    assert len({*recipes}) == len(recipes)
    assert [str(each) for each in recipes if not found.allows(each)] == []


def test_edits_stay_in_the_space_and_are_the_same_for_the_same_chance() -> None:
    within = space.of(KNOWN, ())

    def walk() -> list[Recipe]:
        random, walked = Random(7), [parse(["-Oz"])]
        while len(walked) < 60 and (new := edits.edited(walked[-1], within, random, walked)):
            walked.append(new)
        return walked

    assert walk() == walk()
    assert len(walk()) > 30
    assert all(map(within.allows, walk()))


@pytest.mark.long
def test_wasm_opt_takes_each_step_of_the_space(
    locator: Locator, assemble: Assemble, tmp_path: Path
) -> None:
    tool = locator.find("wasm-opt")
    module = assemble('(module (func (export "f") (result i32) (i32.const 1)))')
    found = space.read(tool, ())
    for step in (*found.steps, *found.switches):
        flat = "--flatten " if step == "--rereloop" else ""
        options = (*f"{flat}{step}".split(), "-Oz")
        execution.run(
            STAGES["optimize"],
            optimize.Settings(options=options),
            module,
            (),
            tool=tool,
            wasm_tools=locator.find("wasm-tools"),
            timeout=60,
            folder=tmp_path,
        )

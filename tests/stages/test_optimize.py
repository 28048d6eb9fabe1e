"""Optimize: wasm-opt, with the profile's level and passes, and the module's features alone."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.stages.conftest import Run

from wasmtrim import wasm
from wasmtrim.errors import ToolError
from wasmtrim.profile import Profile
from wasmtrim.profile.model import Optimize, Recipe
from wasmtrim.stages import optimize
from wasmtrim.stages.registry import STAGES
from wasmtrim.toolchain import Locator, load
from wasmtrim.toolchain.locate import variable_of

Assemble = Callable[[str], bytes]

SIGN = """
(module $sign
  (func $sign (export "sign") (param i32) (result i32)
    (drop (i32.mul (i32.const 6) (i32.const 7)))
    (i32.extend8_s (local.get 0))))
"""


def test_the_arguments_in_their_order(run: Run, assemble: Assemble) -> None:
    passes = ("--converge", "--vacuum", "--dce")
    result = run("optimize", assemble(SIGN), ("sign-ext",), level="s", passes=passes)
    assert result.record.argv == (
        "wasm-opt",
        "in.wasm",
        "--output=out.wasm",
        "--mvp-features",
        "--enable-sign-ext",
        "-Os",
        "--converge",
        "--vacuum",
        "--dce",
    )


def test_a_feature_that_the_module_has_but_did_not_name_is_refused(
    run: Run, assemble: Assemble
) -> None:
    with pytest.raises(ToolError) as caught:
        run("optimize", assemble(SIGN))
    assert str(caught.value).startswith("optimize: wasm-opt 132: exit status 1\n")
    assert "wasm-opt in.wasm --output=out.wasm --mvp-features -Oz" in str(caught.value)
    assert "validat" in str(caught.value)


@pytest.mark.parametrize("keep_names", [True, False])
def test_names_stay_only_where_they_are_to_be_shipped(
    run: Run, assemble: Assemble, keep_names: bool
) -> None:
    result = run("optimize", assemble(SIGN), ("sign-ext",), keep_names=keep_names)
    assert (wasm.read(result.module).custom("name") is not None) == keep_names


def test_no_new_feature_is_let_in(run: Run, assemble: Assemble) -> None:
    """A pass that lowers `memory.copy` needs none; one that would use it may not."""
    result = run("optimize", assemble(SIGN), ("sign-ext",), passes=("--signext-lowering",))
    assert b"\xc0" not in result.module, "i32.extend8_s is gone"


def test_a_feature_that_wasm_opt_has_only_with_another_brings_that_one(
    run: Run, assemble: Assemble
) -> None:
    """A module that has no `target_features` needs GC, but nothing else of reference types."""
    module = assemble(
        "(module (type $s (struct (field i32)))"
        ' (func (export "f") (result i32) (struct.get $s 0 (struct.new $s (i32.const 5)))))'
    )
    flags = run("optimize", module, ("gc",)).record.argv[3:-1]
    assert flags == ("--mvp-features", "--enable-gc", "--enable-reference-types")


def test_a_pass_that_changes_the_exports_is_refused(run: Run, assemble: Assemble) -> None:
    module = assemble('(module (func (export "f") (param i64) (result i64) (local.get 0)))')
    with pytest.raises(ToolError, match="wasm-opt changed the exports"):
        run("optimize", module, ("mutable-globals",), passes=("--legalize-js-interface",))


def test_a_pass_that_adds_an_import_is_refused(run: Run, assemble: Assemble) -> None:
    module = assemble('(module (func (export "f") (result i32) (i32.const 1)))')
    with pytest.raises(ToolError, match=r"wasm-opt added the imports"):
        run("optimize", module, passes=("--log-execution",))


def test_an_unknown_pass_is_told_in_wasm_opt_s_words(run: Run, assemble: Assemble) -> None:
    with pytest.raises(ToolError, match="--no-such-pass"):
        run("optimize", assemble(SIGN), ("sign-ext",), passes=("--no-such-pass",))


@pytest.mark.parametrize("stage", ["prune", "optimize"])
def test_a_native_binaryen_gives_the_bytes_that_npm_s_gives(
    run: Run, locator: Locator, assemble: Assemble, tmp_path: Path, stage: str
) -> None:
    program = STAGES[stage].PROGRAM
    path = os.environ.get(variable_of(program)) or shutil.which(program)
    if not path:
        pytest.skip(f"no native {program}: neither {variable_of(program)} nor PATH has one")
    named = Locator(load(), tmp_path, environ={variable_of(program): path}).find(program)
    ours = locator.find(program)
    if not named.pinned or named.argv == ours.argv:
        pytest.skip(f"{path} is {program} {named.version}, and {ours.version} is pinned")
    module = assemble(SIGN.replace('"sign"', '"sign") (export "spare"'))
    modules = [run(stage, module, ("sign-ext",), program=tool).module for tool in (ours, named)]
    assert modules[0] == modules[1]


def test_a_recipe_is_used_for_the_module_of_its_compiler_alone() -> None:
    text = {"options": ["-O1"], "wasm_opt": "132", "metric": "raw", "gain": 1, "seed": 1}
    recipe = Recipe.model_validate(text | {"date": "2026-11-28", "compiler": "tinygo"})
    profile = Profile(optimize=Optimize(recipe=recipe))

    def asked(compiler: str | None) -> tuple[str, ...]:
        return optimize.settings(optimize.built_by(profile, compiler)).recipe

    assert [asked("tinygo"), asked("go"), asked(None)] == [("-O1",), ("-Oz",), ("-Oz",)]

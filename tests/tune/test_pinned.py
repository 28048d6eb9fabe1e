"""The recipe in a profile's file: only its own lines change."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from wasmtrim.errors import UsageError
from wasmtrim.profile import Profile
from wasmtrim.profile.model import Optimize, Recipe
from wasmtrim.records import CandidateRow, ProofRecord, ToolUsed, TuningRecord
from wasmtrim.tune.pinned import edited, is_asked_for

FILE = Path("config/profiles/it.yaml")
RECORD = TuningRecord(
    module="it",
    metric="gzip",
    seed=7,
    budget=60,
    tried=60,
    skipped=1,
    stopped_early=False,
    tool=ToolUsed("wasm-opt", "132", pinned=True),
    options=("--gufa", "-Oz"),
    size=900,
    oz=1000,
    sha256="0" * 64,
    fuel=None,
    proof=("wasm-opt gave the same twice",),
    assumed=(),
    thrown_out=(),
    candidates=(CandidateRow((), 1, None),),
    date="2026-11-27",
)
RECIPE = """\
  recipe:
    options:
      - --gufa
      - -Oz
    wasm_opt: "132"
    metric: gzip
    gain: 10.00
    seed: 7
    date: 2026-11-27
"""


@pytest.mark.parametrize(
    ("found", "line"),
    [
        (ProofRecord(8, 3, inputs=1), "3 of 8 CHANGED, the rest tested on 1 input"),
        (ProofRecord(8, inputs=9), "0 of 8 CHANGED, the rest tested on 9 inputs"),
        (ProofRecord(8, 8, inputs=9), "8 of 8 CHANGED"),
        (ProofRecord(0, inputs=9), "no function was changed"),
        (ProofRecord(0, note="nothing was tried"), None),
    ],
)
def test_no_more_is_claimed_than_was_proven(found: ProofRecord, line: str | None) -> None:
    added = edited("", replace(RECORD, functions=found), FILE)
    claimed = [] if line is None else [line.replace("CHANGED", "changed functions proven equal")]
    assert re.findall("    proof: (.*)", added) == claimed


def test_it_is_added_at_the_end() -> None:
    text = "# mine\nmodule: a.wasm   # ours\n"
    assert edited(text, RECORD, FILE) == f"{text}optimize:\n{RECIPE}"


def test_it_is_added_to_the_map_that_is_there_with_its_indentation() -> None:
    text = "module: a.wasm\noptimize:  # how\n    # fast\n    level: s\n\nmetric: gzip\n"
    deeper = RECIPE.replace("  ", "    ")
    head, tail = text.split("  # how\n")
    assert edited(text, RECORD, FILE) == f"{head}  # how\n{deeper}{tail}"


def test_the_one_that_is_there_is_replaced() -> None:
    text = edited("module: a.wasm\noptimize:\n  level: s\nmetric: gzip\n", RECORD, FILE)
    other = replace(RECORD, options=("-Os",), seed=8)
    again = edited(text, other, FILE)
    assert again.count("recipe:") == 1
    assert "- -Os" in again
    assert "--gufa" not in again
    assert edited(again, RECORD, FILE) == text


def test_what_is_proven_of_functions_stands_with_it() -> None:
    proven = replace(RECORD, functions=ProofRecord(40, 12, inputs=9))
    made = edited("module: a.wasm\n", proven, FILE)
    line = "proof: 12 of 40 changed functions proven equal, the rest tested on 9 inputs"
    assert made.endswith(f"    {line}\n")
    kept = yaml.safe_load(made)["optimize"]["recipe"]
    assert Recipe.model_validate(kept | {"date": str(kept["date"])}).proof == line[7:]


def test_flags_of_the_compiler_take_their_places_in_its_map() -> None:
    flags = {"experiment": "[simd, nogreenteagc]", "inline": "false"}
    record = replace(RECORD, compiler=flags, built_by="go")
    text = "source: app\ncompiler:\n  # ours\n  experiment: [simd]\n  tags: [a]\n"
    after = edited(text, record, FILE)
    assert after == (
        "source: app\ncompiler:\n  inline: false\n  experiment: [simd, nogreenteagc]\n"
        f"  # ours\n  tags: [a]\noptimize:\n{RECIPE}    compiler: go\n"
    )
    assert edited(after, record, FILE) == after
    bare = edited("source: app\n", record, FILE)
    assert "compiler:\n  inline: false\n  experiment: [simd, nogreenteagc]\noptimize:\n" in bare


def test_a_compiler_on_one_line_is_refused_with_what_to_write() -> None:
    record = replace(RECORD, compiler={"inline": "false"})
    with pytest.raises(UsageError, match=r"(?s)`compiler:` as maps.*compiler:\n  inline: false\n"):
        edited("source: app\ncompiler: {name: go}\n", record, FILE)


def test_a_recipe_that_does_nothing_has_no_options() -> None:
    assert "    options: []\n" in edited("module: a.wasm\n", replace(RECORD, options=()), FILE)


@pytest.mark.parametrize(
    "text", ["optimize: {level: s}\n", "{module: a.wasm}\n", "- 1\n", "a: [\n"]
)
def test_what_cannot_be_edited_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(UsageError, match=r"it\.yaml: the recipe cannot be written into it") as told:
        edited(text, RECORD, FILE)
    assert str(told.value).endswith(f"optimize:\n{RECIPE.rstrip()}")


def test_level_and_passes_may_be_what_was_found() -> None:
    found = replace(RECORD, options=("-Oz",), built_by="tinygo")
    told = {"options": ["-O1"], "wasm_opt": "132", "metric": "raw", "gain": 1, "seed": 1}
    recipe = Recipe.model_validate(told | {"date": "2026-11-27"})
    of_go = recipe.model_copy(update={"compiler": "go"})
    assert is_asked_for(Profile(), found)
    assert is_asked_for(Profile(optimize=Optimize(recipe=of_go)), found)  # not for this compiler
    assert not is_asked_for(Profile(optimize=Optimize(recipe=recipe)), found)
    assert not is_asked_for(Profile(optimize=Optimize(level="s")), found)
    assert not is_asked_for(Profile(), replace(found, options=("-O1",)))
    assert not is_asked_for(Profile(), replace(found, compiler={"opt": "s"}))

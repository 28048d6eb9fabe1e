"""The instructions of functions and packages, as budgets name them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.hotspots.test_formats import NEW, record
from tests.regression.test_budget import OLD

from wasmtrim import records
from wasmtrim.profile import Profile
from wasmtrim.records.hotspots import FunctionRow, StackRow
from wasmtrim.regression import budget, work


def test_own_instructions_by_function_and_package() -> None:
    found = work.of_record(NEW)
    assert found["function image/gif.Encode"] == found["package image/gif"] == 607
    assert found["package main"] == 100


def test_bodies_that_became_one_stand_under_each_name() -> None:
    merged = replace(
        record(StackRow(0, -1, 1, 5, 0, 0, 0)),
        functions=(FunctionRow("a.f = b.g", "a", "own", ""),),
    )
    assert work.of_record(merged) == {"function a.f": 5, "function b.g": 5, "package a": 5}


def test_the_profile_of_another_module_is_none(tmp_path: Path) -> None:
    sizes = tmp_path / "it.sizes.json"
    assert work.beside(sizes, NEW.module) is None
    records.HOTSPOTS.write(tmp_path / "it.hotspots.json", NEW)
    assert work.beside(sizes, NEW.module) == work.of_record(NEW)
    assert work.beside(sizes, "1" * 64) is None


@pytest.mark.parametrize(
    ("scope", "expected"),
    [("function main.main", 100), ("package runtime", 200), ("function gone", 0)],
)
def test_a_budget_asks_by_its_scope(scope: str, expected: int) -> None:
    given = {"module": "x.wasm", "budget": [{"metric": "fuel", "scope": scope, "at_most": 1}]}
    (asked,) = Profile.model_validate(given).budget
    counted = replace(OLD, work=work.of_record(NEW))
    assert budget.value("fuel", asked.scope, counted) == expected
    assert budget.value("fuel", asked.scope, OLD) is None

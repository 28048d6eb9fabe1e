from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from wasmtrim.regression.result import RegressionResult
from wasmtrim.report import as_csv

if TYPE_CHECKING:
    from tests.report.conftest import Dist

MODULE = """(module
  (func $main.run (export "_start") (drop (call $fmt.Sprintf (i32.const 1))))
  (func $fmt.Sprintf (param i32) (result i32) (local.get 0)))"""


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_the_items_of_a_module_add_up_to_it(dist: Dist, assemble: Callable[[str], bytes]) -> None:
    dist.passed("edge")
    dist.module("edge", module := assemble(MODULE))

    found = rows(as_csv.text(dist.report("edge")))

    items = [row for row in found if row["group"] or row["row"].startswith("section without")]
    assert sum(int(row["bytes"]) for row in items) == len(module)
    assert {row["name"]: row["package"] for row in items if row["row"] == "function"} == {
        "main.run": "main",
        "fmt.Sprintf": "fmt",
    }


def test_a_change_has_old_new_and_delta_as_numbers(grown: RegressionResult) -> None:
    found = rows(as_csv.of_result(grown))
    changed = {row["name"]: row for row in found if row["delta"]}

    assert [changed["raw"][key] for key in ("old", "new", "delta")] == ["197210", "258414", "61204"]
    assert [changed["main.gone"][key] for key in ("old", "new", "delta")] == ["400", "", "-400"]
    assert changed["fmt.Sprintf"]["package"] == "fmt"


def test_what_a_growth_is_made_of_is_there_without_a_budget(grown: RegressionResult) -> None:
    causes = [row for row in rows(as_csv.of_result(replace(grown, findings=()))) if row["delta"]]

    [first, *_] = [row for row in causes if row["row"] == "cause"]

    assert (first["name"], first["delta"]) == ("main.render -> fmt.Sprintf", "60004")
    assert first["outcome"] == "raw"


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", " =", "\t=", "\uff1d"])
def test_no_name_is_taken_for_a_formula(begin: str, grown: RegressionResult) -> None:
    hostile = f"{begin}HYPERLINK(\"http://x\",'a');"

    found = rows(as_csv.of_result(replace(grown, base=hostile)))

    assert found[0]["detail"].startswith("'")
    assert found[0]["detail"].endswith("HYPERLINK(\"http://x\",'a');")

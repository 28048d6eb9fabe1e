"""What a growth is put down to: the first call from old code to new, with what came below it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Literal

import pytest
from tests.regression.conftest import snapshot

from wasmtrim.attribution import NameSources
from wasmtrim.profile import Budget
from wasmtrim.records.locations import SourceLocation
from wasmtrim.records.regression import Cause
from wasmtrim.regression import causes, inventory
from wasmtrim.regression.difference import Difference
from wasmtrim.regression.snapshot import Snapshot
from wasmtrim.sizes import measure

OLD = """(module (table 2 funcref) (elem (i32.const 0) $main.old)
  (func $main.run (export "_start") (call $main.fail))
  (func $main.fail (call_indirect (i32.const 0)))
  (func $main.old))"""
FPRINTF = """(func $fmt.Fprintf (call $strconv.Itoa) (call $fmt.pad))
  (func $fmt.pad (call $strconv.Itoa) (nop) (nop) (nop))
  (func $strconv.Itoa (nop) (nop))"""


@pytest.fixture
def differ(assemble: Callable[[str], bytes]) -> Callable[[str, str], Difference]:
    def taken(text: str) -> Snapshot:
        data = assemble(text)
        held = inventory.of_module(data)
        return replace(snapshot(len(data)), size=measure(data), inventory=held)

    return lambda old, new: Difference(taken(old), taken(new))


def test_it_is_the_first_call_from_old_code_with_all_below_it(
    differ: Callable[[str, str], Difference],
) -> None:
    new = OLD.replace("(func $main.fail", f"{FPRINTF} (func $main.fail (call $fmt.Fprintf)")

    found = causes.of_bytes(differ(OLD, new))

    first = Cause("main.fail -> fmt.Fprintf", 20, "3 functions: fmt +15, strconv +5", "fmt.Fprintf")
    assert first in found
    assert Cause("main", 2, "main.fail +2", "main.fail", "main") in found
    difference = differ(OLD, new)
    grown = difference.new.size.raw - difference.old.size.raw
    assert sum(cause.amount for cause in found) == grown


def test_of_two_ways_in_the_one_that_brings_more_has_what_both_lead_to(
    differ: Callable[[str, str], Difference],
) -> None:
    new = OLD.replace(
        "(func $main.fail",
        f"{FPRINTF} (func $main.fail (call $strconv.Itoa) (call $fmt.Fprintf)",
    )

    found = causes.of_bytes(differ(OLD, new))

    ways = [cause.what for cause in found if "->" in cause.what]
    assert ways == ["main.fail -> fmt.Fprintf"]


def test_a_call_counts_before_an_export_and_an_export_before_the_table(
    differ: Callable[[str, str], Difference],
) -> None:
    new = OLD.replace("$main.old)", "$main.new $main.held)", 1).replace(
        "(func $main.fail",
        """(func $main.new (export "new") (nop) (nop) (nop) (nop) (nop))
           (func $main.held (export "held") (param i64) (drop (i64.const 9)) (nop) (nop) (nop))
           (func $main.fail (call $main.new)""",
    )

    ways = [cause.what for cause in causes.of_bytes(differ(OLD, new)) if "->" in cause.what]

    assert ways == ["export held -> main.held", "main.fail -> main.new"]


def test_of_what_only_the_table_holds_the_calls_of_its_type_are_named(
    differ: Callable[[str, str], Difference],
) -> None:
    new = OLD.replace("$main.old)", "$main.old $main.handler)", 1).replace(
        "(func $main.fail", "(func $main.handler (nop) (nop) (nop) (nop)) (func $main.fail"
    )

    told = "called as func() by main.fail"
    assert Cause("the table -> main.handler", 7, told, "main.handler") in causes.of_bytes(
        differ(OLD, new)
    )


@pytest.mark.parametrize("metric", ["raw", "gzip", "brotli", "functions"])
def test_the_causes_add_up_to_the_growth_in_the_budgets_own_unit(
    metric: str, differ: Callable[[str, str], Difference]
) -> None:
    code = " ".join(f"(drop (i64.const {n**7}))" for n in range(60, 90))
    longer = FPRINTF.replace("(func $fmt.pad", f"(func $fmt.pad {code}")
    new = OLD.replace("(func $main.fail", f"{longer} (func $main.fail (call $fmt.Fprintf)")
    difference = differ(OLD, new)
    budget = Budget.model_validate({"metric": metric, "growth": 0})
    sizes = difference.old.weight, difference.new.weight
    grown = 3 if metric == "functions" else (sizes[1](metric) or 0) - (sizes[0](metric) or 0)

    found = causes.of_budget(budget, difference, grown)

    assert "main.fail -> fmt.Fprintf" in [cause.what for cause in found]
    assert sum(cause.amount for cause in found) == grown
    assert len(found) <= 4


def test_a_packages_budget_is_explained_by_its_own_functions(
    differ: Callable[[str, str], Difference],
) -> None:
    new = OLD.replace("(func $main.fail", f"{FPRINTF} (func $main.fail (call $fmt.Fprintf)")
    budget = Budget.model_validate({"metric": "raw", "scope": "package strconv", "growth": 0})

    [cause] = causes.of_budget(budget, differ(OLD, new), 5)

    assert (cause.what, cause.amount) == ("main.fail -> fmt.Fprintf", 5)


def test_where_a_side_is_not_known_there_are_none() -> None:
    old, new = snapshot(1000), replace(snapshot(1600), inventory=None)

    assert causes.of_bytes(Difference(old, new)) == ()


def test_a_function_that_is_new_is_named_by_its_way_in(
    differ: Callable[[str, str], Difference],
) -> None:
    new = OLD.replace("(func $main.fail", f"{FPRINTF} (func $main.fail (call $fmt.Fprintf)")
    budget = Budget.model_validate({"metric": "raw", "scope": "function fmt.pad", "at_most": 0})

    found = causes.of_budget(budget, differ(OLD, new), 8)

    assert found == (Cause("main.fail -> fmt.Fprintf", 8, "", "fmt.pad"),)


def test_of_inlined_code_the_function_is_named_that_it_went_into(
    assemble: Callable[[str], bytes],
) -> None:
    def taken(text: str, code: dict[str, int]) -> Snapshot:
        data = assemble(text)
        known = NameSources(locations={"main.fail": SourceLocation("main.go", code=code)})
        held = inventory.of_module(data, known)
        return replace(snapshot(len(data)), size=measure(data), inventory=held)

    new = OLD.replace("(func $main.fail", f"(func $main.fail {'(nop)' * 40}")

    found = causes.of_bytes(Difference(taken(OLD, {"main": 1}), taken(new, {"main": 1, "fmt": 3})))

    by_name = {cause.what: cause for cause in found}
    assert by_name["fmt"].below == "inlined into main.fail"
    assert by_name["fmt"].amount > 30
    assert by_name["main"].below == "main.fail +40 with inlined code"
    assert by_name["main"].amount < 10


def test_data_that_grew_is_opened(differ: Callable[[str, str], Difference]) -> None:
    text = '(module (memory 1) (func $main.run (export "_start")) %s)'
    old = text % '(data (i32.const 8) "0123456789")'
    new = text % f'(data (i32.const 8) "{"0123456789" * 9}")'

    difference = differ(old, new)
    [grown] = [cause for cause in causes.of_bytes(difference) if cause.section == "data"]
    assert grown.below == "of several packages or none +80"

    held = difference.old.inventory
    assert held
    baseline = replace(difference.old, inventory=replace(held, owners=None))
    [grown] = [c for c in causes.of_bytes(Difference(baseline, difference.new)) if c.section]
    assert grown.below.startswith("its largest parts: of several packages or none 90")


@pytest.mark.parametrize("metric", ["gzip", "brotli"])
def test_data_that_grew_compressed_is_opened(
    metric: Literal["gzip", "brotli"], differ: Callable[[str, str], Difference]
) -> None:
    text = '(module (memory 1) (func $main.run (export "_start")) (data (i32.const 8) "%s"))'
    noise = [f"\\{(at * at * 7919 >> 5) & 0xFF:02x}" for at in range(300)]
    difference = differ(text % "".join(noise[:20]), text % "".join(noise))

    grown = getattr(difference.new.size, metric) - getattr(difference.old.size, metric)
    found = causes.of_budget(Budget(metric=metric, growth=0), difference, grown)

    assert sum(cause.amount for cause in found) == grown
    [data] = [cause for cause in found if cause.section == "data"]
    assert data.amount > 200
    assert re.fullmatch(r"of several packages or none \+2\d\d, segment headers \+\d", data.below)

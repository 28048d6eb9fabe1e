from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

import pytest
from tests.regression.conftest import function, snapshot

from wasmtrim.profile import Budget, Waiver
from wasmtrim.regression import inventory
from wasmtrim.regression.budget import check
from wasmtrim.regression.budget_result import BudgetResult
from wasmtrim.regression.compare import compare
from wasmtrim.regression.snapshot import Snapshot

TODAY = date(2026, 11, 24)
OLD = snapshot(1000, functions=[function("main.run", 400)], fuel=50)
NEW = snapshot(
    1600,
    functions=[function("main.run", 420), function("fmt.Sprintf", 300, "fmt")],
    imports=["env.log: func(i32)"],
    fuel=70,
)


def judged(
    budget: Budget | Sequence[Budget],
    *waivers: Waiver,
    base: Snapshot | None = OLD,
    new: Snapshot = NEW,
) -> list[BudgetResult]:
    budgets = [budget] if isinstance(budget, Budget) else budget
    comparison = compare(base, new) if base else None
    return list(check(budgets, waivers, new, base, comparison, TODAY))


@pytest.mark.parametrize(
    ("budget", "outcome"),
    [
        ({"metric": "raw", "at_most": 1600}, "held"),
        ({"metric": "raw", "at_most": 1599}, "over"),
        ({"metric": "gzip", "at_most": "800 B"}, "held"),
        ({"metric": "raw", "growth": 600}, "held"),
        ({"metric": "raw", "growth": 599}, "over"),
        ({"metric": "raw", "growth_percent": 60.0}, "held"),
        ({"metric": "raw", "growth_percent": 59.9}, "over"),
        ({"metric": "raw", "growth_percent": 1.0, "floor": 600}, "held"),
        ({"metric": "fuel", "growth": 19}, "over"),
        ({"metric": "functions", "growth": 0}, "over"),
        ({"metric": "imports", "at_most": 1}, "held"),
        ({"metric": "raw", "scope": "stage optimize", "at_most": 1599}, "over"),
        ({"metric": "raw", "scope": "package fmt", "at_most": 300}, "held"),
        ({"metric": "raw", "scope": "package fmt", "growth": 299}, "over"),
        ({"metric": "raw", "scope": "package gone", "at_most": 0}, "held"),
        ({"metric": "raw", "scope": "section code", "growth": 319}, "over"),
        ({"metric": "raw", "scope": "unknown", "at_most": 0}, "held"),
        ({"metric": "brotli", "growth": 0}, "over, not gated"),
        ({"metric": "brotli", "growth": 0, "gate": True}, "over"),
        ({"metric": "raw", "scope": "stage strip", "at_most": 9999}, "over"),
    ],
)
def test_a_budget_bounds_a_metric_of_a_scope(budget: dict[str, object], outcome: str) -> None:
    assert judged(Budget.model_validate(budget))[0].word == outcome


def test_what_is_over_names_what_did_it_and_how_to_accept_it() -> None:
    [finding] = judged(Budget(metric="raw", growth=100))

    assert finding.detail == (
        "1,000 => 1,600 (+600), allowed is +100; by fmt +300 (fmt.Sprintf +300),"
        " main +20 (main.run +20); accept it with `scons baseline` or waive it in the profile"
    )


def test_a_new_import_is_named() -> None:
    [finding] = judged(Budget(metric="imports", growth=0))

    assert "by env.log: func(i32)" in finding.detail


def test_without_a_base_growth_is_not_judged() -> None:
    [growth, absolute] = judged(
        [Budget(metric="raw", growth=0), Budget(metric="raw", at_most=1)], base=None
    )

    assert (growth.word, growth.detail) == (
        "not judged",
        "1,600; no base to compare with",
    )
    assert absolute.word == "over"


def test_where_the_tools_differ_growth_is_nobodys_fault() -> None:
    base = snapshot(1000, compiler="1.25.0")

    [finding] = judged(Budget(metric="raw", growth=0), base=base)

    assert finding.word == "not judged"
    assert "compiler: go 1.25.0 => go 1.26.6" in finding.detail


def test_a_base_that_was_rebuilt_by_todays_tools_is_judged_whatever_the_flags() -> None:
    base = snapshot(1000, argv=["wasm-opt", "-O1"])
    budgets = [Budget(metric="raw", growth=0)]

    [finding] = check(budgets, [], NEW, base, compare(base, NEW), TODAY, rebuilt=True)

    assert finding.word == "over"


def test_growth_of_brotli_within_its_noise_is_said_to_be_that() -> None:
    base, new = snapshot(1000, brotli=10_000), snapshot(1001, brotli=10_060)

    [finding] = judged(Budget(metric="brotli", growth=0), base=base, new=new)

    assert "within brotli's noise of 0.7 %" in finding.detail


def waiver(extra: int, until: str = "2026-12-31", scope: str = "artifact") -> Waiver:
    return Waiver.model_validate(
        {"scope": scope, "extra": extra, "reason": "fmt for errors", "until": until}
    )


def test_a_waived_growth_is_green_and_says_why_and_how_long() -> None:
    [finding] = judged(Budget(metric="raw", growth=100), waiver(500))

    assert finding.word == "waived"
    assert "waived: 500 more until 2026-12-31: fmt for errors" in finding.detail


def test_a_waiver_that_is_too_small_doesnt_help_and_is_not_called_unused() -> None:
    [finding] = judged(Budget(metric="raw", growth=100), waiver(499))

    assert finding.word == "over"
    assert "499 more are waived, which isn't enough" in finding.detail


def test_a_waiver_holds_on_its_last_day_and_fails_by_name_after_it() -> None:
    budget = Budget(metric="raw", growth=100)

    assert judged(budget, waiver(500, "2026-11-24"))[0].word == "waived"
    over, ended = judged(budget, waiver(500, "2026-11-23"))
    assert (over.word, ended.word) == ("over", "over")
    assert ended.name == "waiver artifact 500 bytes"
    assert "ended on 2026-11-23 (fmt for errors)" in ended.detail


def test_a_waiver_that_no_budget_needs_fails_by_name() -> None:
    held, unused = judged(Budget(metric="raw", growth=900), waiver(500))

    assert (held.word, unused.word) == ("held", "over")
    assert "no budget of artifact needs it" in unused.detail


def test_a_waiver_of_another_scope_adds_nothing() -> None:
    over, unused = judged(Budget(metric="raw", growth=100), waiver(500, scope="package fmt"))

    assert (over.word, unused.word) == ("over", "over")


def test_a_waiver_is_not_called_unused_while_its_budget_cant_be_judged() -> None:
    budget, kept = judged(Budget(metric="raw", growth=0), waiver(5), base=None)

    assert (budget.word, kept.word) == ("not judged", "not judged")


def test_what_a_package_costs_compressed_is_bounded_too(assemble: Callable[[str], bytes]) -> None:
    held = inventory.of_module(
        assemble('(module (func $main.run (export "_start") (nop) (nop)) (func $fmt.Print (nop)))')
    )
    new = replace(NEW, inventory=held)
    costs = held.costs("gzip")
    assert costs

    measured = judged(
        [
            Budget.model_validate({"metric": "gzip", "scope": scope, "at_most": cost})
            for scope, cost in (
                ("package main", costs.packages["main"]),
                ("package main", costs.packages["main"] - 1),
                ("section code", costs.sections["code"]),
            )
        ],
        new=new,
    )

    assert [finding.word for finding in measured] == [
        "held",
        "over",
        "held",
    ]


def test_without_a_base_the_largest_parts_are_named() -> None:
    [finding] = judged(Budget(metric="raw", at_most=1), base=None)

    assert "; by main 420, fmt 300; raise at_most" in finding.detail


def test_a_gain_is_offered_to_be_kept_and_forces_nothing() -> None:
    budgets = [Budget(metric="raw", growth=0), Budget(metric="raw", at_most=2000)]

    growth, absolute = judged(budgets, base=NEW, new=OLD)

    assert (growth.word, absolute.word) == ("held", "held")
    assert growth.offer == "600 less than the base: `scons baseline` keeps the gain"
    assert absolute.offer == "600 less than the base: at_most can be lowered from 2,000 to 1,000"

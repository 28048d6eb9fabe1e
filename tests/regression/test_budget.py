from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

import pytest
from tests.regression.conftest import function, snapshot

from wasmtrim import sizes
from wasmtrim.attribution import NameSources
from wasmtrim.profile import Budget, Waiver
from wasmtrim.records.locations import SourceLocation
from wasmtrim.regression import baseline, inventory
from wasmtrim.regression.base import Base, CommitGrowth
from wasmtrim.regression.budget import check
from wasmtrim.regression.budget_result import BudgetResult
from wasmtrim.regression.difference import Difference
from wasmtrim.regression.snapshot import Snapshot, alike

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
    base: Snapshot | Base | None = OLD,
    new: Snapshot = NEW,
) -> list[BudgetResult]:
    budgets = [budget] if isinstance(budget, Budget) else budget
    if not isinstance(base, Base):
        base = Base(base, "the base", renewal="run `scons baseline`")
    difference = Difference(*alike(base.snapshot, new)) if base.snapshot else None
    return list(check(budgets, waivers, new, base, difference, TODAY))


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
        " main +20 (main.run +20), all else +280;"
        " accept it: run `scons baseline`, or waive it in the profile"
    )
    assert sum(cause.amount for cause in finding.causes) == 600


def test_without_a_baseline_to_renew_the_message_names_none() -> None:
    [finding] = judged(Budget(metric="raw", growth=100), base=Base(OLD, "old.wasm"))

    assert finding.offer == "raise the budget, or waive it in the profile"


def test_counts_are_net() -> None:
    old = snapshot(900, functions=[function("fmt.a", 20, "fmt"), function("main.run", 5)])
    new = snapshot(999, functions=[function(f"fmt.f{n}x", n, "fmt") for n in range(30, 33)])

    [finding] = judged(Budget(metric="functions", growth=0), base=old, new=new)

    assert "2 => 3 (+1), allowed is +0; by fmt +2, all else -1;" in finding.detail


def test_a_new_import_is_named() -> None:
    [finding] = judged(Budget(metric="imports", growth=0))

    assert "by env.log: func(i32)" in finding.detail


def test_without_a_base_growth_is_not_judged() -> None:
    [growth, absolute] = judged(
        [Budget(metric="raw", growth=0), Budget(metric="raw", at_most=1)], base=None
    )

    assert (growth.word, growth.detail) == (
        "not judged",
        "now 1,600; no base to compare with",
    )
    assert absolute.word == "over"


def test_where_the_tools_differ_growth_is_nobodys_fault() -> None:
    base = snapshot(1000, compiler="1.25.0")

    [finding] = judged(Budget(metric="raw", growth=0), base=base)

    assert finding.word == "not judged"
    assert "compiler: go 1.25.0 => go 1.26.6" in finding.detail


def test_a_base_that_was_rebuilt_by_todays_tools_is_judged_whatever_the_flags() -> None:
    base = snapshot(1000, argv=["wasm-opt", "-O1"])

    [finding] = judged(Budget(metric="raw", growth=0), base=Base(base, "", rebuilt=True))

    assert finding.word == "over"


def test_another_brotli_leaves_the_other_metrics_judged() -> None:
    assert OLD.release
    other = replace(OLD.release, compressors={**OLD.release.compressors, "brotli": "brotli 1.0"})
    budgets = [Budget(metric="raw", growth=0), Budget(metric="gzip", growth=0)]
    brotli = Budget(metric="brotli", growth=0, gate=True)

    found = judged([*budgets, brotli], base=replace(OLD, release=other))

    assert [each.word for each in found] == ["over", "over", "not judged"]


def test_a_function_is_bounded_by_its_name() -> None:
    of_sprintf = {"metric": "raw", "scope": "function fmt.Sprintf"}

    assert judged(Budget.model_validate({**of_sprintf, "at_most": 300}))[0].word == "held"
    assert judged(Budget.model_validate({**of_sprintf, "at_most": 0}))[0].word == "over"
    assert judged(Budget.model_validate({**of_sprintf, "growth": 299}))[0].word == "over"


def test_growth_of_brotli_within_its_noise_is_said_to_be_that() -> None:
    base, new = snapshot(1000, brotli=10_000), snapshot(1001, brotli=10_060)

    [finding] = judged(Budget(metric="brotli", growth=0), base=base, new=new)

    assert "within brotli's noise of 0.7 %" in finding.detail


def waiver(
    extra: int, until: str = "2026-12-31", scope: str = "artifact", metric: str = "raw"
) -> Waiver:
    return Waiver.model_validate(
        {
            "metric": metric,
            "scope": scope,
            "extra": extra,
            "reason": "fmt for errors",
            "who": "team media",
            "until": until,
        }
    )


def test_a_waived_growth_is_green_and_says_why_and_how_long() -> None:
    [finding] = judged(Budget(metric="raw", growth=100), waiver(500))

    assert finding.word == "waived"
    assert "waived: 500 more until 2026-12-31: fmt for errors (team media)" in finding.detail


def test_a_waiver_that_is_too_small_doesnt_help_and_is_not_called_unused() -> None:
    [finding] = judged(Budget(metric="raw", growth=100), waiver(499))

    assert finding.word == "over"
    assert "499 more are waived, which isn't enough" in finding.detail


def test_a_waiver_holds_on_its_last_day_and_fails_by_name_after_it() -> None:
    budget = Budget(metric="raw", growth=100)

    assert judged(budget, waiver(500, "2026-11-24"))[0].word == "waived"
    over, ended = judged(budget, waiver(500, "2026-11-23"))
    assert (over.word, ended.word) == ("over", "over")
    assert ended.name == "waiver raw of artifact 500"
    assert "ended on 2026-11-23 (fmt for errors, team media)" in ended.detail


def test_a_waiver_that_no_budget_needs_fails_by_name() -> None:
    held, unused = judged(Budget(metric="raw", growth=900), waiver(500))

    assert (held.word, unused.word) == ("held", "over")
    assert "no budget needs it (fmt for errors, team media); remove it" in unused.detail


def test_an_unused_waiver_that_stands_in_the_base_too_is_a_note() -> None:
    base = Base(OLD, "", waivers={"raw of artifact": 500})

    _, unused = judged(Budget(metric="raw", growth=900), waiver(500), base=base)
    _, larger = judged(Budget(metric="raw", growth=900), waiver(501), base=base)

    assert (unused.word, larger.word) == ("unused", "over")
    assert "it stands in the base, too" in unused.detail


def test_a_waiver_is_of_one_metric_or_of_all_sizes_by_word() -> None:
    budgets = [Budget(metric="raw", growth=100), Budget(metric="gzip", growth=100)]

    raw, gzip = judged(budgets, waiver(500))
    assert (raw.word, gzip.word) == ("waived", "over")
    assert [each.word for each in judged(budgets, waiver(500, metric="all"))] == ["waived"] * 2


@pytest.mark.parametrize(("metric", "extra"), [("imports", 1), ("functions", 1), ("fuel", 20)])
def test_counts_can_be_waived(metric: str, extra: int) -> None:
    budget = Budget.model_validate({"metric": metric, "growth": 0})

    assert judged(budget, waiver(extra, metric=metric))[0].word == "waived"
    assert judged(budget, waiver(extra - 1, metric=metric))[0].word == "over"


def test_a_baseline_that_the_change_itself_renewed_accepts_what_it_holds() -> None:
    budget = Budget(metric="raw", growth=100)

    def of(renewed: int) -> BudgetResult:
        label = "baseline edge.json"
        base = Base(OLD, "", rebuilt=True, renewed=snapshot(renewed, label=label))
        return judged(budget, base=base)[0]

    assert of(1600).word == "accepted"
    assert "accepted: this change renewed baseline edge.json to 1,600" in of(1600).detail
    assert (of(1500).word, of(1499).word) == ("accepted", "over"), "the budget is on top of it"


def test_a_change_may_waive_and_renew_its_baseline_at_once() -> None:
    base = Base(OLD, "", rebuilt=True, renewed=snapshot(1600))

    found = judged(Budget(metric="raw", growth=100), waiver(500), base=base)

    assert [each.word for each in found] == ["accepted"]


def test_a_commit_that_gives_a_reason_waives_its_own_growth_only() -> None:
    budget = Budget(metric="raw", growth=100)

    def of(grown: int) -> BudgetResult:
        commit = CommitGrowth("c" * 40, "fmt for errors", OLD, snapshot(1000 + grown))
        return judged(budget, base=Base(OLD, "", commits=(commit,)))[0]

    assert of(500).word == "waived"
    assert "waived: 500 by commit cccccccccccc (Wasm-Size: fmt for errors)" in of(500).detail
    assert of(499).word == "over"


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


def inlined(assemble: Callable[[str], bytes], nops: int) -> Snapshot:
    """A module whose one function is of main by a quarter, of strings by the rest."""
    data = assemble(f'(module (func $main.run (export "_start") {"nop " * nops}))')
    places = {"main.run": SourceLocation("run.go", code={"main": 1, "strings": 3})}
    return replace(NEW, inventory=inventory.of_module(data, NameSources(locations=places)))


@pytest.mark.parametrize(
    ("budget", "told"),
    [
        ({"growth": 1}, "over: 73 => 148 (+75), allowed is +1; approximate: inlined code counts"),
        ({"growth": 75}, "held: 73 => 148 (+75), allowed is +75; approximate: inlined code"),
        (
            {"at_most": 148},
            "held: 148, at most 148; approximate: inlined code counts where it came",
        ),
        ({"metric": "functions", "at_most": 0}, "held: 0, at most 0"),
    ],
)
def test_a_budget_of_a_package_counts_its_code_wherever_it_was_inlined(
    budget: dict[str, object], told: str, assemble: Callable[[str], bytes]
) -> None:
    asked = Budget.model_validate({"metric": "raw", "scope": "package strings"} | budget)
    [found] = judged(asked, base=inlined(assemble, 94), new=inlined(assemble, 194))
    assert f"{found.word}: {found.detail}".startswith(told)
    assert sum(cause.amount for cause in found.causes) == (75 if found.word == "over" else 0)


@pytest.mark.parametrize(
    ("package", "told"),
    [
        ("main", "over: 97 => 198 (+101), allowed is +9; by whole functions, as in the base"),
        ("strings", "held: 0 => 0 (+0), allowed is +9; by whole functions, as in the base"),
    ],
)
def test_a_base_that_counted_whole_functions_blames_nobody(
    package: str, told: str, assemble: Callable[[str], bytes]
) -> None:
    old, new = inlined(assemble, 94), inlined(assemble, 194)
    assert old.release
    assert old.inventory
    record = baseline.of_release(old.release, old.inventory.whole)
    [found] = judged(
        Budget.model_validate({"metric": "raw", "growth": 9, "scope": f"package {package}"}),
        base=baseline.of_record(record, "the base"),
        new=new,
    )
    assert f"{found.word}: {found.detail}".startswith(told)


def test_without_a_base_the_largest_parts_are_named() -> None:
    [finding] = judged(Budget(metric="raw", at_most=1), base=None)

    assert "; by main 420, fmt 300; raise at_most, or waive it" in finding.detail


def test_a_gain_is_offered_to_be_kept_and_forces_nothing() -> None:
    budgets = [Budget(metric="raw", growth=0), Budget(metric="raw", at_most=2000)]

    growth, absolute = judged(budgets, base=NEW, new=OLD)

    assert (growth.word, absolute.word) == ("held", "held")
    assert growth.offer == "600 less than the base: `scons baseline` keeps the gain"
    assert absolute.offer == "600 less than the base: at_most can be lowered from 2,000 to 1,000"


def test_what_the_reader_asked_not_to_measure_is_not_judged() -> None:
    left_out = replace(NEW, unweighed=("brotli",))

    [found] = judged(Budget(metric="brotli", at_most=1, gate=True), new=left_out)

    assert (found.word, found.detail) == (
        "not judged",
        "brotli was not measured, as was asked for",
    )


def test_what_was_not_measured_says_how_it_is() -> None:
    [found] = judged(Budget(metric="fuel", growth=0), new=snapshot(1600))

    assert found.word == "over"
    assert found.detail.endswith(
        "not measured in this build; a smoke run in the profile measures it"
    )


def test_without_growth_an_absolute_bound_is_not_within_noise() -> None:
    [found] = judged(Budget(metric="brotli", at_most=10, gate=True), new=OLD)

    assert found.word == "over"
    assert "noise" not in found.detail


def test_the_largest_parts_of_a_gzip_file_are_named_in_its_bytes(
    assemble: Callable[[str], bytes],
) -> None:
    module = assemble('(module (func $main.run (export "f") (drop (i64.const 1234567890123))))')
    held = inventory.of_module(module)
    costs = held.costs("gzip")
    assert costs
    new = replace(NEW, inventory=held)

    [found] = judged(Budget(metric="gzip", at_most=1), base=None, new=new)

    assert f"at most 1; by main {costs.packages['main']}; " in found.detail


def test_the_record_says_how_much_was_waived() -> None:
    budget = Budget(metric="raw", growth=100)

    [found] = judged(budget, waiver(extra=300))

    assert found.finding.waived == 300
    assert BudgetResult.of_finding(found.finding) == found
    assert found.measured
    assert found.measured.over == 200


def test_a_module_is_held_against_a_baseline_that_another_brotli_measured() -> None:
    budgets = [Budget(metric="raw", growth=600), Budget(metric="brotli", growth=999, gate=True)]
    assert OLD.release
    other = replace(OLD.release, compressors={**sizes.compressors(), "brotli": "brotli 0.9"})

    found = judged(budgets, base=replace(OLD, release=other), new=replace(NEW, release=None))

    assert [each.word for each in found] == ["held", "not judged"]
    assert "brotli: brotli 0.9 => brotli " in found[1].detail


def test_a_waiver_of_one_metric_is_unused_though_another_metric_cant_be_judged() -> None:
    assert OLD.release
    other = replace(OLD.release, compressors={**OLD.release.compressors, "brotli": "brotli 1.0"})
    budgets = [Budget(metric="raw", growth=900), Budget(metric="brotli", growth=0)]

    *_, unused = judged(budgets, waiver(500), base=replace(OLD, release=other))

    assert (unused.word, unused.ok) == ("over", False)
    assert "no budget needs it" in unused.detail

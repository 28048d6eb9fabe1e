"""Budgets judged: what may grow, and how much it did."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

from wasmtrim.attribution.packages import UNKNOWN_PACKAGE
from wasmtrim.check import Outcome
from wasmtrim.records import Comparison
from wasmtrim.regression import blame, waiver
from wasmtrim.regression.baseline import COMMAND
from wasmtrim.regression.blame import BYTES, COMPRESSED
from wasmtrim.regression.budget_result import BudgetResult, Exceeded
from wasmtrim.regression.snapshot import Snapshot

if TYPE_CHECKING:
    from wasmtrim.profile import Budget, Scope, Waiver

BROTLI_NOISE: Final = 0.007  # the same functions in another order move it by so much


def check(
    budgets: Sequence[Budget],
    waivers: Sequence[Waiver],
    new: Snapshot,
    base: Snapshot | None,
    comparison: Comparison | None,
    today: date,
    *,
    rebuilt: bool = False,
) -> tuple[BudgetResult, ...]:
    """Judge every budget, then every waiver that has run out or that nothing needs.

    `comparison` is that of `base` and `new`; both are None where there is no base: growth is not
    judged then, nor where the tools or flags differ from the base's, unless that was `rebuilt` by
    today's. An absolute bound always is.
    """
    used: set[int] = set()
    findings = []
    tool_changes = comparison.tool_changes if comparison and not rebuilt else ()
    for budget in budgets:
        active = waiver.active(waivers, budget, today)
        findings.append(
            _check(budget, [waivers[n] for n in active], new, base, comparison, tool_changes)
        )
        if findings[-1].outcome is Outcome.FAILED or findings[-1].exceeded:
            used.update(active)
    judged = all(finding.judged for finding in findings)
    findings += waiver.stale(waivers, used, today, judged)
    return tuple(findings)


def value(metric: str, scope: Scope, snapshot: Snapshot) -> int | None:
    """Measure one thing; None where the snapshot can't tell."""
    if scope.kind in ("artifact", "stage"):
        return _of_file(metric, scope, snapshot)
    contents = snapshot.inventory
    if contents is None:
        return None
    owner = UNKNOWN_PACKAGE if scope.kind == "unknown" else scope.name
    if metric in COMPRESSED:
        costs = contents.costs(metric)
        if costs is None:
            return None
        return (costs.sections if scope.kind == "section" else costs.packages).get(owner, 0)
    if scope.kind == "section":
        return contents.sections.get(owner, 0) if metric == "raw" else None
    share = contents.packages.get(owner)
    if share is None:
        return 0
    return share.bytes if metric == "raw" else share.functions


def _of_file(metric: str, scope: Scope, snapshot: Snapshot) -> int | None:
    release = snapshot.release
    size, fuel, last = snapshot.size, snapshot.fuel, True
    if scope.kind == "stage":
        stage = next((s for s in release.stages if s.name == scope.name), None) if release else None
        if release is None or stage is None:
            return None
        size, fuel, last = stage.size, stage.fuel, stage is release.shipped
    if metric in BYTES:
        measured: int = getattr(size, metric)
        return measured
    if metric == "fuel":
        return fuel
    if snapshot.inventory is None or not last:
        return None
    return len(getattr(snapshot.inventory, metric))


def _check(
    budget: Budget,
    waivers: Sequence[Waiver],
    new: Snapshot,
    base: Snapshot | None,
    comparison: Comparison | None,
    tool_changes: Sequence[str],
) -> BudgetResult:
    name = _name(budget)
    now = value(budget.metric, budget.scope, new)
    if now is None:
        detail = f"{budget.metric} of {budget.scope} was not measured in this build"
        outcome = Outcome.FAILED if budget.gates else Outcome.NOT_JUDGED
        return BudgetResult(name, outcome, detail)
    before = value(budget.metric, budget.scope, base) if base else None
    if budget.at_most is not None:
        bound, told = budget.at_most, f"{now:,}, at most {budget.at_most:,}"
    else:
        if comparison is None:
            return BudgetResult(name, Outcome.NOT_JUDGED, f"{now:,}; no base to compare with")
        if tool_changes:
            detail = f"{now:,}; the tools differ from the base's: {'; '.join(tool_changes)}"
            return BudgetResult(name, Outcome.NOT_JUDGED, detail)
        if before is None:
            return BudgetResult(name, Outcome.NOT_JUDGED, f"{now:,}; not measured in the base")
        growth = _allowed(budget, before)
        bound = before + growth
        told = f"{before:,} => {now:,} ({now - before:+,}), allowed is {growth:+,}"
    if now <= bound:
        return BudgetResult(name, Outcome.HELD, told, offer=_offer(budget, before, now))
    extra = sum(w.extra for w in waivers)
    if now <= bound + extra:
        reasons = "; ".join(
            f"{w.extra:,} more until {w.until}: {w.reason}" for w in waivers if w.extra
        )
        return BudgetResult(name, Outcome.HELD, f"{told}; waived: {reasons}", Exceeded.WAIVED)
    if waivers:
        told += f"; {extra:,} more are waived, which isn't enough"
    if budget.metric == "brotli" and before and now - before <= before * BROTLI_NOISE:
        told += "; within brotli's noise of 0.7 %"
    blamed = blame.of_growth(budget, comparison) if comparison else blame.of_size(budget, new)
    if blamed:
        told += f"; by {'raw ' if budget.metric in COMPRESSED else ''}{blamed}"
    if not budget.gates:
        return BudgetResult(name, Outcome.HELD, told, Exceeded.SHOWN)
    ways = ["raise at_most" if budget.at_most is not None else f"accept it with `{COMMAND}`"]
    if budget.metric in BYTES:
        ways.append("waive it in the profile")
    return BudgetResult(name, Outcome.FAILED, f"{told}; {' or '.join(ways)}")


def _offer(budget: Budget, before: int | None, now: int) -> str:
    if before is None or now >= before:
        return ""
    gain = f"{before - now:,} less than the base"
    if budget.at_most is not None:
        return f"{gain}: at_most can be lowered from {budget.at_most:,} to {now:,}"
    return f"{gain}: `{COMMAND}` keeps the gain"


def _allowed(budget: Budget, before: int) -> int:
    if budget.growth is not None:
        return budget.growth
    assert budget.growth_percent is not None
    return max(budget.floor, int(before * budget.growth_percent / 100))


def _name(budget: Budget) -> str:
    if budget.at_most is not None:
        measure = "at most"
    else:
        measure = "growth" if budget.growth is not None else "growth in per cent"
    where = "" if budget.scope.kind == "artifact" else f" of {budget.scope}"
    return f"budget {budget.metric} {measure}{where}"

"""Budgets judged: what may grow, and how much it did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Final

from wasmtrim.check import Outcome
from wasmtrim.records.fields import METRICS
from wasmtrim.records.regression import Cause
from wasmtrim.regression import causes, tool_changes, waiver, work
from wasmtrim.regression.base import Base, CommitGrowth
from wasmtrim.regression.baseline import COMMAND
from wasmtrim.regression.budget_result import BudgetResult, Measured, Remark
from wasmtrim.regression.causes import COMPRESSED, part_of
from wasmtrim.regression.difference import Difference
from wasmtrim.regression.match import is_named
from wasmtrim.regression.snapshot import Snapshot, alike

if TYPE_CHECKING:
    from wasmtrim.profile import Budget, Scope, Waiver

# What makes a baseline comparable again that other tools made.
_RENEWAL: Final = f"`{COMMAND}` renews it, or `wasmtrim compare --base` builds one by these tools"
BROTLI_NOISE: Final = 0.007  # the same functions in another order move it by so much


def check(
    budgets: Sequence[Budget],
    waivers: Sequence[Waiver],
    new: Snapshot,
    base: Base,
    difference: Difference | None,
    today: date,
) -> tuple[BudgetResult, ...]:
    """Judge every budget, then every waiver that has run out or that nothing needs.

    `difference` is that of the base and `new`, None where there is no base: growth is not judged
    then, nor where the tools or flags that a metric depends on differ from the base's, unless that
    was rebuilt by today's. An absolute bound always is.
    """
    used: set[int] = set()
    open_: set[int] = set()  # waivers of budgets that were not judged
    findings = []
    for budget in budgets:
        active = waiver.active(waivers, budget, today)
        judged = _Judged(budget, [waivers[n] for n in active], new, base, difference)
        findings.append(judged.result())
        if findings[-1].outcome is Outcome.FAILED or findings[-1].remark:
            used.update(active)
        elif not findings[-1].judged:
            open_.update(active)
    findings += waiver.stale(waivers, used, open_, base.waivers, today)
    return tuple(findings)


def value(metric: str, scope: Scope, snapshot: Snapshot) -> int | None:
    """Measure one thing; None where the snapshot can't tell."""
    if scope.kind in ("artifact", "stage"):
        return _of_file(metric, scope, snapshot)
    if metric == "fuel":
        counted = snapshot.work
        return None if counted is None else counted.get(work.key(scope.kind, scope.name), 0)
    contents = snapshot.inventory
    if contents is None:
        return None
    part = part_of(scope)
    if metric in COMPRESSED:
        costs = contents.costs(metric)
        if costs is None:
            return None
        return (costs.sections if scope.kind == "section" else costs.packages).get(part, 0)
    if scope.kind == "section":
        return contents.sections.get(part, 0) if metric == "raw" else None
    if scope.kind == "function":
        return sum(each.bytes for each in contents.functions if is_named(each, part))
    share = contents.packages.get(part)
    if share is None:
        return 0
    return share.bytes if metric == "raw" else share.functions


def _of_file(metric: str, scope: Scope, snapshot: Snapshot) -> int | None:
    if scope.kind == "stage":  # of sizes and fuel only
        stage = snapshot.release.stage(scope.name) if snapshot.release else None
        figure: int | None = getattr(stage, metric) if stage else None
        return figure
    if metric in METRICS:
        return snapshot.weight(metric)
    if metric == "fuel":
        return snapshot.fuel
    return None if snapshot.inventory is None else len(getattr(snapshot.inventory, metric))


@dataclass(frozen=True)
class _Judged:
    """One budget, and all that it is judged by."""

    budget: Budget
    waivers: Sequence[Waiver]
    new: Snapshot
    base: Base
    difference: Difference | None

    def result(self) -> BudgetResult:
        budget, base = self.budget, self.base
        name = _name(budget)
        of = budget.metric, _scope(budget)
        now = value(budget.metric, budget.scope, self.new)
        if now is None:
            return self._unmeasured(name)
        before, same = _both(budget, base.snapshot, self.new) if base.snapshot else (None, now)
        about = _about(budget, self.new, counted_whole=same != now)
        if budget.at_most is not None:
            measured = Measured(before if same == now else None, now, budget.at_most, *of)
            told = f"{now:,}, at most {budget.at_most:,}{about}"
        else:
            now = same if same is not None else now
            why_not = self._why_not_judged(before)
            if why_not or before is None:
                return BudgetResult(name, Outcome.NOT_JUDGED, f"now {now:,}; {why_not}")
            growth = _allowed(budget, before)
            measured = Measured(before, now, before + growth, *of)
            told = f"{before:,} => {now:,} ({now - before:+,}), allowed is {growth:+,}{about}"
        if not measured.over:
            offer = self._offer(before, now)
            return BudgetResult(name, Outcome.HELD, told, offer=offer, measured=measured)
        held = self._accepted()
        if not held:
            extra, reasons = self._waived()
            measured = replace(measured, waived=extra)
            held = (Remark.WAIVED, f"waived: {reasons}") if not measured.over else None
        if held:
            remark, why = held
            return BudgetResult(name, Outcome.HELD, f"{told}; {why}", remark, measured=measured)
        return self._over(name, measured, told)

    def _unmeasured(self, name: str) -> BudgetResult:
        """Without a figure a gate fails, unless the reader asked not to measure it."""
        budget = self.budget
        if budget.metric in self.new.unweighed:
            detail = f"{budget.metric} was not measured, as was asked for"
            return BudgetResult(name, Outcome.NOT_JUDGED, detail)
        detail = f"{budget.metric} of {budget.scope} was not measured in this build"
        if budget.metric == "fuel":
            detail += "; a smoke run in the profile measures it"
        elif self.new.inventory is None:
            detail = (
                f"{budget.metric} of {budget.scope} is counted in the module, and"
                f" {self.new.label} has none beside it; compare the module"
            )
        return BudgetResult(name, Outcome.FAILED if budget.gates else Outcome.NOT_JUDGED, detail)

    def _why_not_judged(self, before: int | None) -> str:
        if self.difference is None:
            return "no base to compare with"
        old, new = self.difference.old, self.difference.new
        changes = [*tool_changes.differences(old, new, self.budget.metric)]
        if changes and not self.base.rebuilt:
            told = f"the tools differ from the base's: {'; '.join(changes)}"
            return f"{told}; {_RENEWAL}" if self.base.renewal else told
        return "not measured in the base" if before is None else ""

    def _accepted(self) -> tuple[Remark, str] | None:
        """Whether the baseline that the change itself renewed has this growth in it.

        It then accepts what it holds, and what comes on top of it is the budget's to allow: so
        the change is judged as the release will be, which has that baseline as its base.
        """
        budget, renewed = self.budget, self.base.renewed
        if renewed is None or budget.at_most is not None:
            return None
        accepted, now = _both(budget, renewed, self.new)
        if accepted is None or now is None or now > accepted + _allowed(budget, accepted):
            return None
        return Remark.ACCEPTED, f"accepted: this change renewed {renewed.label} to {accepted:,}"

    def _waived(self) -> tuple[int, str]:
        """How much more is let through, and why."""
        commits = [(commit, self._own_growth(commit)) for commit in self.base.commits]
        extra = sum(each.extra for each in self.waivers) + sum(grown for _, grown in commits)
        reasons = [waiver.told(each) for each in self.waivers if each.extra]
        reasons += [f"{grown:,} by {commit}" for commit, grown in commits if grown]
        return extra, "; ".join(reasons)

    def _own_growth(self, commit: CommitGrowth) -> int:
        """How much of the budget's figure a commit alone added."""
        before, after = _both(self.budget, commit.before, commit.after)
        return max(0, (after or 0) - (before or 0))

    def _over(self, name: str, measured: Measured, told: str) -> BudgetResult:
        budget, base, now = self.budget, self.base, measured.now
        if measured.waived:
            told += f"; {measured.waived:,} more are waived, which isn't enough"
        before = measured.base
        if budget.metric == "brotli" and before and 0 < now - before <= before * BROTLI_NOISE:
            told += "; within brotli's noise of 0.7 %"
        found: tuple[Cause, ...] = ()
        if self.difference and before is not None:
            found = causes.of_budget(budget, self.difference, now - before)
        blamed = causes.told(found) or causes.of_size(budget, self.new)
        if blamed:
            told += f"; by {blamed}"
        if not budget.gates:
            return BudgetResult(
                name, Outcome.HELD, told, Remark.SHOWN, measured=measured, causes=found
            )
        if budget.at_most is not None:
            ways = ["raise at_most"]
        else:
            ways = [f"accept it: {base.renewal}"] if base.renewal else ["raise the budget"]
        ways.append("waive it in the profile")
        advice = ", or ".join(ways)
        return BudgetResult(
            name,
            Outcome.FAILED,
            f"{told}; {advice}",
            offer=advice,
            measured=measured,
            causes=found,
        )

    def _offer(self, before: int | None, now: int) -> str:
        """What a gain allows to do, where there is something to do."""
        if before is None or now >= before:
            return ""
        gain = f"{before - now:,} less than the base"
        if self.budget.at_most is not None:
            return f"{gain}: at_most can be lowered from {self.budget.at_most:,} to {now:,}"
        return f"{gain}: `{COMMAND}` keeps the gain" if self.base.renewal else ""


def _both(budget: Budget, old: Snapshot, new: Snapshot) -> tuple[int | None, int | None]:
    """Measure what a budget is of in two snapshots, counted in the same way."""
    before, after = alike(old, new)
    return (
        value(budget.metric, budget.scope, before),
        value(budget.metric, budget.scope, after),
    )


def _about(budget: Budget, new: Snapshot, *, counted_whole: bool) -> str:
    """Say where a figure is approximate, or counted as no other one is."""
    scope, held = budget.scope, new.inventory
    if scope.kind not in ("package", "unknown") or budget.metric not in METRICS or held is None:
        return ""
    if counted_whole and budget.at_most is None:
        return "; by whole functions, as in the base"
    share = held.packages.get(part_of(scope))
    about = share is not None and share.approximate
    return "; approximate: inlined code counts where it came from" if about else ""


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
    scope = _scope(budget)
    return f"budget {budget.metric} {measure}{f' of {scope}' if scope else ''}"


def _scope(budget: Budget) -> str:
    """Name the part that a budget is for; "" for the whole module."""
    return "" if budget.scope.kind == "artifact" else str(budget.scope)

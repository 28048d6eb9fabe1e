"""Budgets and waivers judged: what may grow, how much it did, and which functions did it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING, Final

from wasmtrim.regression.baseline import COMMAND
from wasmtrim.regression.compare import Change, Comparison
from wasmtrim.regression.contents import UNKNOWN
from wasmtrim.regression.snapshot import Snapshot

if TYPE_CHECKING:
    from wasmtrim.profile import Budget, Scope, Waiver

COMPRESSED: Final = ("gzip", "brotli")
BYTES: Final = ("raw", *COMPRESSED)
BROTLI_NOISE: Final = 0.007  # the same functions in another order move it by so much
_CAUSES: Final = 3  # that a detail names
_LINKS: Final = 4  # of a chain


class Outcome(Enum):
    """What was found about a budget or a waiver; the value is its word in every format."""

    HELD = "held"
    WAIVED = "waived"
    OVER = "over"  # and the check fails
    SHOWN = "over, not gated"
    NOT_JUDGED = "not judged"

    @property
    def fails(self) -> bool:
        return self is Outcome.OVER


@dataclass(frozen=True)
class Finding:
    """`detail` is one line; `causes` are the functions that did it, the costliest first.

    `offer` is what a gain would allow to do; it forces nothing.
    """

    name: str
    outcome: Outcome
    detail: str
    causes: tuple[Change, ...] = ()
    offer: str = ""


def judge(
    budgets: Sequence[Budget],
    waivers: Sequence[Waiver],
    new: Snapshot,
    base: Snapshot | None,
    comparison: Comparison | None,
    today: date,
    *,
    rebuilt: bool = False,
) -> tuple[Finding, ...]:
    """Judge every budget, then every waiver that has run out or that nothing needs.

    `comparison` is that of `base` and `new`; both are None where there is no base: growth is not
    judged then, nor where the tools or flags differ from the base's, unless that was `rebuilt` by
    today's. An absolute bound always is.
    """
    used: set[int] = set()
    findings = []
    ruler = comparison.ruler if comparison and not rebuilt else ()
    for budget in budgets:
        active = [
            number
            for number, waiver in enumerate(waivers)
            if waiver.scope == budget.scope and today <= waiver.until and budget.metric in BYTES
        ]
        findings.append(_judge(budget, [waivers[n] for n in active], new, base, comparison, ruler))
        if findings[-1].outcome in (Outcome.WAIVED, Outcome.OVER, Outcome.SHOWN):
            used.update(active)
    judged = all(finding.outcome is not Outcome.NOT_JUDGED for finding in findings)
    findings += _stale(waivers, used, today, judged)
    return tuple(findings)


def value(metric: str, scope: Scope, snapshot: Snapshot) -> int | None:
    """Measure one thing; None where the snapshot can't tell."""
    if scope.kind in ("artifact", "stage"):
        return _of_file(metric, scope, snapshot)
    contents = snapshot.contents
    if contents is None:
        return None
    owner = UNKNOWN if scope.kind == "unknown" else scope.name
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
    weight, fuel, last = snapshot.weight, snapshot.fuel, True
    if scope.kind == "stage":
        stage = next((s for s in release.stages if s.name == scope.name), None) if release else None
        if release is None or stage is None:
            return None
        weight, fuel, last = stage.weight, stage.fuel, stage is release.shipped
    if metric in BYTES:
        size: int = getattr(weight, metric)
        return size
    if metric == "fuel":
        return fuel
    if snapshot.contents is None or not last:
        return None
    return len(getattr(snapshot.contents, metric))


def _judge(
    budget: Budget,
    waivers: Sequence[Waiver],
    new: Snapshot,
    base: Snapshot | None,
    comparison: Comparison | None,
    ruler: Sequence[str],
) -> Finding:
    name = _name(budget)
    now = value(budget.metric, budget.scope, new)
    if now is None:
        detail = f"{budget.metric} of {budget.scope} was not measured in this build"
        return Finding(name, Outcome.OVER if budget.gates else Outcome.NOT_JUDGED, detail)
    before = value(budget.metric, budget.scope, base) if base else None
    if budget.at_most is not None:
        bound, told = budget.at_most, f"{now:,}, at most {budget.at_most:,}"
    else:
        if comparison is None:
            return Finding(name, Outcome.NOT_JUDGED, f"{now:,}; no base to compare with")
        if ruler:
            detail = f"{now:,}; the tools differ from the base's: {'; '.join(ruler)}"
            return Finding(name, Outcome.NOT_JUDGED, detail)
        if before is None:
            return Finding(name, Outcome.NOT_JUDGED, f"{now:,}; not measured in the base")
        growth = _allowed(budget, before)
        bound = before + growth
        told = f"{before:,} => {now:,} ({now - before:+,}), allowed is {growth:+,}"
    if now <= bound:
        return Finding(name, Outcome.HELD, told, offer=_offer(budget, before, now))
    causes = _causes(budget, comparison)
    extra = sum(waiver.extra for waiver in waivers)
    if now <= bound + extra:
        reasons = "; ".join(
            f"{w.extra:,} more until {w.until}: {w.reason}" for w in waivers if w.extra
        )
        return Finding(name, Outcome.WAIVED, f"{told}; waived: {reasons}", causes)
    if waivers:
        told += f"; {extra:,} more are waived, which isn't enough"
    if budget.metric == "brotli" and before and now - before <= before * BROTLI_NOISE:
        told += "; within brotli's noise of 0.7 %"
    blamed = _blamed(budget, causes, comparison) if comparison else _largest(budget, new)
    if blamed:
        told += f"; by {'raw ' if budget.metric in COMPRESSED else ''}{blamed}"
    if not budget.gates:
        return Finding(name, Outcome.SHOWN, told, causes)
    ways = ["raise at_most" if budget.at_most is not None else f"accept it with `{COMMAND}`"]
    if budget.metric in BYTES:
        ways.append("waive it in the profile")
    return Finding(name, Outcome.OVER, f"{told}; {' or '.join(ways)}", causes)


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


def _causes(budget: Budget, comparison: Comparison | None) -> tuple[Change, ...]:
    """The functions that cost it; none for a figure that functions don't make up."""
    if comparison is None or budget.metric in ("imports", "fuel"):
        return ()
    grown = [change for change in comparison.functions if change.delta > 0]
    if budget.metric == "functions":
        grown = [change for change in grown if change.old is None]
    kind = budget.scope.kind
    if kind == "section" and budget.scope.name != "code":
        return ()
    if kind in ("package", "unknown"):
        package = UNKNOWN if kind == "unknown" else budget.scope.name
        grown = [change for change in grown if change.package == package]
    return tuple(grown)


def _largest(budget: Budget, new: Snapshot) -> str:
    """Without a base there is no change to blame: name what is largest."""
    if new.contents is None or budget.metric not in BYTES:
        return ""
    if budget.scope.kind in ("package", "unknown"):
        package = UNKNOWN if budget.scope.kind == "unknown" else budget.scope.name
        found = {f.name or f.type: f.bytes for f in new.contents.functions if f.package == package}
    elif budget.scope.kind == "artifact":
        found = {name: share.bytes for name, share in new.contents.packages.items()}
    else:
        return ""
    names = sorted(found, key=lambda name: (-found[name], name))[:_CAUSES]
    return ", ".join(f"{name} {found[name]:,}" for name in names)


def _blamed(budget: Budget, causes: Sequence[Change], comparison: Comparison) -> str:
    if budget.metric == "imports":
        return ", ".join(comparison.imports.added[:_CAUSES])
    by_package: dict[str, list[Change]] = {}
    for change in causes:
        by_package.setdefault(change.package, []).append(change)
    named = [
        (sum(change.delta for change in changes), package, changes[0])
        for package, changes in by_package.items()
    ]
    parts = [
        (cost, f"{package} {cost:+,} ({first.name} {first.delta:+,}{_kept(package, comparison)})")
        for cost, package, first in named
    ]
    if budget.metric in BYTES and budget.scope.kind == "artifact":
        parts += [
            (section.delta, f"section {section.name} {section.delta:+,}")
            for section in comparison.sections
            if section.name != "code" and section.delta > 0
        ]
    parts.sort(key=lambda part: -part[0])
    more = len(parts) - _CAUSES
    told = ", ".join(text for _, text in parts[:_CAUSES])
    return told + (f" and {more} more" if more > 0 else "")


def _kept(package: str, comparison: Comparison) -> str:
    """Say by the last links of its chain what keeps a package."""
    chain = comparison.chains.get(package, ())
    return f"; kept by {' > '.join(chain[-_LINKS:])}" if chain else ""


def _stale(
    waivers: Sequence[Waiver], used: set[int], today: date, judged: bool
) -> Iterator[Finding]:
    for number, waiver in enumerate(waivers):
        name = f"waiver {waiver.scope} {waiver.extra:,} bytes"
        if today > waiver.until:
            detail = f"it ended on {waiver.until} ({waiver.reason}); remove it, or date it anew"
            yield Finding(name, Outcome.OVER, detail)
        elif number not in used and judged:
            detail = f"no budget of {waiver.scope} needs it ({waiver.reason}); remove it"
            yield Finding(name, Outcome.OVER, detail)
        elif number not in used:
            yield Finding(name, Outcome.NOT_JUDGED, "a budget that may need it was not judged")

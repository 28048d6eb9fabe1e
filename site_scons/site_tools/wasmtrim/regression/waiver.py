"""Waivers: growth that is let through for a time, with a reason, an owner and a last day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

from wasmtrim.check import Outcome
from wasmtrim.records.fields import METRICS
from wasmtrim.regression.budget_result import BudgetResult, Remark

if TYPE_CHECKING:
    from wasmtrim.profile import Budget, Waiver

ALL: Final = "all"  # in place of a metric: each size


def active(waivers: Sequence[Waiver], budget: Budget, today: date) -> list[int]:
    """Return the places of the waivers that add to a budget today: of its metric and scope."""
    return [
        place
        for place, waiver in enumerate(waivers)
        if waiver.scope == budget.scope
        and (waiver.metric == budget.metric or (waiver.metric == ALL and budget.metric in METRICS))
        and today <= waiver.until
    ]


def standing(waivers: Sequence[Waiver]) -> Mapping[str, int]:
    """Return how much the waivers let through in sum, by metric and scope, as a base keeps it."""
    found: Counter[str] = Counter()
    for waiver in waivers:
        found[_key(waiver)] += waiver.extra
    return dict(sorted(found.items()))


def told(waiver: Waiver) -> str:
    """Say what one lets through, how long, why, and whose it is."""
    return f"{waiver.extra:,} more until {waiver.until}: {waiver.reason} ({waiver.who})"


def stale(
    waivers: Sequence[Waiver],
    used: Collection[int],
    unjudged: Collection[int],
    in_base: Mapping[str, int],
    today: date,
) -> Iterator[BudgetResult]:
    """Find the waivers that have ended, or that no budget needs: no waiver is to stay for ever.

    `used` are the places of the waivers that a budget needs, `unjudged` of those that a budget may
    need that was not judged. `in_base` is what the waivers of the base let through: the change did
    not bring these, so it does not fail because it doesn't need them.
    """
    for number, waiver in enumerate(waivers):
        name = f"waiver {_key(waiver)} {waiver.extra:,}"
        why = f"{waiver.reason}, {waiver.who}"
        if today > waiver.until:
            detail = (
                f"it ended on {waiver.until} ({why}); accept the growth and remove the waiver,"
                " or give it a later day"
            )
            yield BudgetResult(name, Outcome.FAILED, detail)
        elif number in used:
            continue
        elif number in unjudged:
            detail = "a budget that may need it was not judged"
            yield BudgetResult(name, Outcome.NOT_JUDGED, detail)
        elif waiver.extra <= in_base.get(_key(waiver), 0):
            detail = (
                f"no budget needs it here, and it stands in the base, too ({why});"
                f" remove it once the growth is in the baseline, by {waiver.until}"
            )
            yield BudgetResult(name, Outcome.HELD, detail, Remark.UNUSED)
        else:
            detail = f"no budget needs it ({why}); remove it"
            yield BudgetResult(name, Outcome.FAILED, detail)


def _key(waiver: Waiver) -> str:
    return f"{waiver.metric} of {waiver.scope}"

"""Waivers: growth that is let through for a time, with a reason and a last day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from wasmtrim.check import Outcome
from wasmtrim.regression.blame import BYTES
from wasmtrim.regression.budget_result import BudgetResult

if TYPE_CHECKING:
    from wasmtrim.profile import Budget, Waiver


def active(waivers: Sequence[Waiver], budget: Budget, today: date) -> list[int]:
    """Give the places of those that add to a budget: of its scope, for bytes, until their day."""
    if budget.metric not in BYTES:
        return []
    return [
        place
        for place, waiver in enumerate(waivers)
        if waiver.scope == budget.scope and today <= waiver.until
    ]


def stale(
    waivers: Sequence[Waiver], used: set[int], today: date, judged: bool
) -> Iterator[BudgetResult]:
    """Find those that have run out, or that nothing needs: none is to stay for ever.

    `judged` tells whether all budgets were, without which nobody knows what is needed.
    """
    for number, waiver in enumerate(waivers):
        name = f"waiver {waiver.scope} {waiver.extra:,} bytes"
        if today > waiver.until:
            detail = f"it ended on {waiver.until} ({waiver.reason}); remove it, or date it anew"
            yield BudgetResult(name, Outcome.FAILED, detail)
        elif number not in used and judged:
            detail = f"no budget of {waiver.scope} needs it ({waiver.reason}); remove it"
            yield BudgetResult(name, Outcome.FAILED, detail)
        elif number not in used:
            detail = "a budget that may need it was not judged"
            yield BudgetResult(name, Outcome.NOT_JUDGED, detail)

"""What was found about a budget or a waiver: a value, in the words of every format."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from wasmtrim.regression.compare import Change


class BudgetOutcome(Enum):
    """What was found about a budget or a waiver; the value is its word in every format."""

    HELD = "held"
    WAIVED = "waived"
    OVER = "over"  # and the check fails
    SHOWN = "over, not gated"
    NOT_JUDGED = "not judged"

    @property
    def fails(self) -> bool:
        return self is BudgetOutcome.OVER


@dataclass(frozen=True)
class BudgetResult:
    """`detail` is one line; `causes` are the functions that did it, the costliest first.

    `offer` is what a gain would allow to do; it forces nothing.
    """

    name: str
    outcome: BudgetOutcome
    detail: str
    causes: tuple[Change, ...] = ()
    offer: str = ""

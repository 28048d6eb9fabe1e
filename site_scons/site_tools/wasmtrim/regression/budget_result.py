"""What was found about a budget or a waiver: a check, in the words of every format."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from wasmtrim.check import Check, Outcome


class Exceeded(Enum):
    """Why a budget that is exceeded fails nothing; the value is its word in every format."""

    WAIVED = "waived"
    SHOWN = "over, not gated"


@dataclass(frozen=True)
class BudgetResult(Check):
    """`exceeded` is there for a budget that holds all the same.

    `offer` is what a gain would allow to do; it forces nothing.
    """

    exceeded: Exceeded | None = None
    offer: str = ""

    @property
    def word(self) -> str:
        """What every format says: `held`, `over`, `waived`, `over, not gated`, `not judged`."""
        if self.exceeded:
            return self.exceeded.value
        return "over" if self.outcome is Outcome.FAILED else self.outcome.value

    @classmethod
    def of_word(cls, name: str, word: str, detail: str, offer: str) -> BudgetResult:
        """Give the result again that says `word`. Raises KeyError where none does."""
        outcome, exceeded = _OF_WORD[word]
        return cls(name, outcome, detail, exceeded, offer)


_OF_WORD = {
    "held": (Outcome.HELD, None),
    "over": (Outcome.FAILED, None),
    "not judged": (Outcome.NOT_JUDGED, None),
    **{exceeded.value: (Outcome.HELD, exceeded) for exceeded in Exceeded},
}

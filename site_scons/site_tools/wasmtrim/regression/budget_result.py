"""What was found about a budget or a waiver: a check, in the words of every format."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from wasmtrim.check import Check, Outcome
from wasmtrim.records.regression import Word


class Exceeded(Enum):
    """Why a budget that is exceeded fails nothing."""

    WAIVED = "waived"
    SHOWN = "shown"  # it is not gated


@dataclass(frozen=True)
class BudgetResult(Check):
    """`exceeded` is there for a budget that holds all the same.

    `offer` is what a gain would allow to do; it forces nothing.
    """

    exceeded: Exceeded | None = None
    offer: str = ""

    @property
    def word(self) -> Word:
        """What every format says: `held`, `over`, `waived`, `over, not gated`, `not judged`."""
        told = (self.outcome, self.exceeded)
        return next(word for word, meant in _WORDS.items() if meant == told)

    @classmethod
    def of_word(cls, name: str, word: Word, detail: str, offer: str) -> BudgetResult:
        """Give the result again that says `word`."""
        outcome, exceeded = _WORDS[word]
        return cls(name, outcome, detail, exceeded, offer)


_WORDS: Final[dict[Word, tuple[Outcome, Exceeded | None]]] = {
    "held": (Outcome.HELD, None),
    "over": (Outcome.FAILED, None),
    "not judged": (Outcome.NOT_JUDGED, None),
    "waived": (Outcome.HELD, Exceeded.WAIVED),
    "over, not gated": (Outcome.HELD, Exceeded.SHOWN),
}

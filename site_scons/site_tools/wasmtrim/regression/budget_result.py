"""What was found about a budget or a waiver: a check, in the words of every format."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from wasmtrim.check import Check, Outcome
from wasmtrim.records.regression import Cause, Finding, Word


class Remark(Enum):
    """Why the reader has to know of one that holds."""

    WAIVED = "waived"
    ACCEPTED = "accepted"  # by a baseline that the change itself renewed
    SHOWN = "shown"  # it is exceeded, but not gated
    UNUSED = "unused"  # a waiver that nothing needs now, as in the base


@dataclass(frozen=True)
class Measured:
    """What a budget measured: in the base, if there is one, now, and the most that is allowed.

    `scope` names the part of the module that it is of, "" the whole. `waived` is what is let
    through on top of it.
    """

    base: int | None
    now: int
    allowed: int
    metric: str
    scope: str
    waived: int = 0

    @property
    def over(self) -> int:
        """By how much it is more than allowed and waived."""
        return max(self.now - self.allowed - self.waived, 0)


@dataclass(frozen=True)
class BudgetResult(Check):
    """`remark` says of one that holds why it is to be mentioned.

    `offer` is what can be done: to keep a gain, or about what is over. `causes` explain that.
    """

    remark: Remark | None = None
    offer: str = ""
    measured: Measured | None = None
    causes: tuple[Cause, ...] = ()

    @property
    def word(self) -> Word:
        """What every format says: `held`, `over`, `waived` and so on."""
        told = (self.outcome, self.remark)
        return next(word for word, meant in _WORDS.items() if meant == told)

    @property
    def of_budget(self) -> bool:
        """Whether it is about a budget; else it is about a waiver."""
        return self.name.startswith("budget ")

    @property
    def plain(self) -> str:
        """The detail without what can be done, for a format that says this apart."""
        return self.detail.removesuffix(f"; {self.offer}") if self.offer else self.detail

    @property
    def finding(self) -> Finding:
        """What the record has of it."""
        measured = self.measured
        return Finding(
            self.name,
            self.ok,
            self.judged,
            self.word,
            self.detail,
            self.offer,
            base=measured.base if measured else None,
            now=measured.now if measured else None,
            allowed=measured.allowed if measured else None,
            metric=measured.metric if measured else "",
            scope=measured.scope if measured else "",
            waived=measured.waived if measured else 0,
            causes=self.causes,
        )

    @classmethod
    def of_finding(cls, found: Finding) -> BudgetResult:
        """Return the result that a record tells of."""
        outcome, remark = _WORDS[found.outcome]
        measured = None
        if found.now is not None and found.allowed is not None:
            of = found.metric, found.scope, found.waived
            measured = Measured(found.base, found.now, found.allowed, *of)
        return cls(found.name, outcome, found.detail, remark, found.offer, measured, found.causes)


_WORDS: Final[dict[Word, tuple[Outcome, Remark | None]]] = {
    "held": (Outcome.HELD, None),
    "over": (Outcome.FAILED, None),
    "not judged": (Outcome.NOT_JUDGED, None),
    "waived": (Outcome.HELD, Remark.WAIVED),
    "accepted": (Outcome.HELD, Remark.ACCEPTED),
    "unused": (Outcome.HELD, Remark.UNUSED),
    "over, not gated": (Outcome.HELD, Remark.SHOWN),
}

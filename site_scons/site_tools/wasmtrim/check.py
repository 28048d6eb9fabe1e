"""What a check found: a value, in the order and words in which every report shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

_MOST_FAULTS = 10


class Outcome(Enum):
    """How a check came out; the value is its word in every format."""

    HELD = "held"
    FAILED = "failed"
    NOT_JUDGED = "not judged"  # there was nothing to judge by; it fails nothing


@dataclass(frozen=True)
class Check:
    """`detail` is one line, printable whatever the module holds.

    `inputs`: on how many inputs it compared two modules.
    """

    name: str
    outcome: Outcome
    detail: str
    inputs: int = field(default=0, kw_only=True)

    @property
    def ok(self) -> bool:
        """Whether it lets the module pass."""
        return self.outcome is not Outcome.FAILED

    @property
    def judged(self) -> bool:
        """Whether there was something to judge by."""
        return self.outcome is not Outcome.NOT_JUDGED


def held(name: str, detail: str, inputs: int = 0) -> Check:
    """The check that holds."""
    return Check(name, Outcome.HELD, detail, inputs=inputs)


def failed(name: str, detail: str) -> Check:
    """The check that fails."""
    return Check(name, Outcome.FAILED, detail)


def not_judged(name: str, detail: str) -> Check:
    """The check that had nothing to judge by."""
    return Check(name, Outcome.NOT_JUDGED, detail)


def of_faults(name: str, faults: Sequence[str], otherwise: str) -> Check:
    """The check that fails with these faults, or holds and says `otherwise`."""
    if not faults:
        return held(name, otherwise)
    more = len(faults) - _MOST_FAULTS
    shown = [*faults[:_MOST_FAULTS], *([f"and {more} more"] if more > 0 else [])]
    return failed(name, "; ".join(shown))

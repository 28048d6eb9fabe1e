"""What a check found: a value, in the order and words in which every report shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_MOST_FAULTS = 10


@dataclass(frozen=True)
class Check:
    """`detail` is one line, printable whatever the module holds."""

    name: str
    ok: bool
    detail: str


def of_faults(name: str, faults: Sequence[str], otherwise: str) -> Check:
    """The check that fails with these faults, or holds and says `otherwise`."""
    if not faults:
        return Check(name, True, otherwise)
    more = len(faults) - _MOST_FAULTS
    shown = [*faults[:_MOST_FAULTS], *([f"and {more} more"] if more > 0 else [])]
    return Check(name, False, "; ".join(shown))

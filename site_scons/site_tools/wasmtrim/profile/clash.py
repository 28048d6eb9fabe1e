"""Values of a profile that contradict each other: a value, which a rule gives."""

from __future__ import annotations

from dataclasses import dataclass

from wasmtrim.located_yaml import Way


@dataclass(frozen=True, slots=True)
class Clash:
    """Values that contradict each other; it is told where the first of the keys stands."""

    keys: tuple[Way, ...]
    found: str
    allowed: str

"""Limits of this process, which only ever get lower."""

from __future__ import annotations

import resource


def lower(kind: int, most: int) -> None:
    """Have at most so much of a resource, or what is allowed where that is less already."""
    hard = resource.getrlimit(kind)[1]
    within = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(kind, (within, within))

"""Which known name a wrong one was meant to be."""

from __future__ import annotations

from collections.abc import Sequence


def nearest(name: str, known: Sequence[str]) -> str:
    """`did you mean 'x'? ` for the known name that is next to `name`; else nothing."""
    import difflib

    near = difflib.get_close_matches(name[:200], known, n=1, cutoff=0.6)
    return f"did you mean {near[0]!r}? " if near else ""

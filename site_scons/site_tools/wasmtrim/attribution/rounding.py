"""Parts of a whole as whole numbers that still add up to it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from operator import sub


def largest_remainder(parts: Sequence[float], total: int) -> list[int]:
    """Whole numbers near `parts` that add up to `total`, which `parts` do but for float error.

    Each is rounded down; then those with the largest remainders get one more, of equal ones the
    first.
    """
    whole = [int(part) for part in parts]
    missing = total - sum(whole)
    if missing <= 0:
        return whole
    remainders = list(map(sub, parts, whole))
    rising = sorted(remainders)
    smallest = rising[-missing]
    ties = missing - (len(rising) - bisect_right(rising, smallest))
    for place, remainder in enumerate(remainders):
        if remainder > smallest:
            whole[place] += 1
        elif remainder == smallest and ties > 0:
            whole[place] += 1
            ties -= 1
    return whole

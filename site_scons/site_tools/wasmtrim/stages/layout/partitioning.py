"""An order in which what is like each other lies together: balanced graph partitioning.

Dhulipala, Kabiljo, Karrer, Ottaviano, Pupyrev and Shalita, "Compressing graphs and indexes with
recursive graph bisection", KDD 2016: things are halved so that each feature is on one side as far
as it can be, and the halves are halved, until few are left.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Numbers = npt.NDArray[np.int64]

_ROUNDS = 8  # of exchanges on each level; more of them gain nothing that can be measured
_LEAF = 2  # things that need no order among themselves


def order(thing: Numbers, feature: Numbers, count: int) -> list[int]:
    """`count` things, ordered. Each pair of `thing` and `feature` says that it has the feature.

    All parts of a level are halved at once. Without features, the order is 0, 1, 2 and so on.
    """
    import numpy as np

    part = np.zeros(count, np.int64)
    sizes = np.array([count])
    local = feature  # in each part a number of its own
    while sizes.max(initial=0) > _LEAF:
        inside = np.argsort(part, kind="stable")
        begins = np.cumsum(sizes) - sizes
        rank = np.empty(count, np.int64)
        rank[inside] = np.arange(count) - np.repeat(begins, sizes)
        right = rank >= ((sizes + 1) // 2)[part]
        several = np.bincount(local) > 1  # what one thing alone has pulls it nowhere
        shared = several[local]
        thing, local = thing[shared], (np.cumsum(several) - 1)[local[shared]]
        _exchange(part, right, thing, local)
        part, local = 2 * part + right, 2 * local + right[thing]
        _, part, sizes = np.unique(part, return_inverse=True, return_counts=True)
    return [int(at) for at in np.argsort(part, kind="stable")]


def _exchange(part: Numbers, right: npt.NDArray[np.bool_], thing: Numbers, local: Numbers) -> None:
    """Exchange things between the two sides of each part, as long as it pays; changes `right`."""
    import numpy as np

    count = len(part)
    features = int(local.max(initial=-1)) + 1
    added = np.diff(_costs(int(np.bincount(local).max(initial=0)) + 1), prepend=0)
    for number in range(_ROUNDS):
        side = 2 * local + right[thing]  # of a feature, for each pair the one that its thing is on
        here = np.bincount(side, minlength=2 * features).reshape(-1, 2)
        there = here[:, ::-1]
        saves = added[here] - added[there + 1]
        gain = np.zeros(count, np.int64)
        np.add.at(gain, thing, saves.ravel()[side])
        ties = np.where(right, -np.arange(count), np.arange(count))
        # The best of each side change places with each other, the i-th with the i-th.
        by_gain = np.lexsort((ties, -gain, right, part))
        sides = 2 * part[by_gain] + right[by_gain]
        begins = np.flatnonzero(np.concatenate(([True], sides[1:] != sides[:-1])))
        lengths = np.diff(np.concatenate((begins, [count])))
        place = np.arange(count) - np.repeat(begins, lengths)
        pair = part[by_gain] * count + place
        left_at = np.flatnonzero(~right[by_gain])
        right_at = np.flatnonzero(right[by_gain])
        _, one, other = np.intersect1d(
            pair[left_at], pair[right_at], assume_unique=True, return_indices=True
        )
        left_things, right_things = by_gain[left_at[one]], by_gain[right_at[other]]
        # One in ten stays, or two halves that are alike would only change places.
        pays = gain[left_things] + gain[right_things] > 0
        pays &= (left_things * 7_919 + number) % 10 != 0
        if not pays.any():
            return
        right[left_things[pays]] = True
        right[right_things[pays]] = False


def _costs(most: int) -> Numbers:
    """What a feature costs on a side where 0, 1, ... `most` things have it: the more even the
    sides, the dearer. The paper's estimate of bits, in whole numbers: the same on every machine.
    """
    import numpy as np

    return np.array([-round(n * math.log2(n + 1) * 65_536) for n in range(most + 1)], np.int64)

"""An order in which each function is followed by the one that is most like those before it.

For compressors that look back as far as a window reaches: gzip's has 32 KiB (RFC 1951, section 2).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wasmtrim.stages.layout.likeness import Numbers

MOST = 30_000  # functions: the time grows with their square
_REACH = 32 << 10
_UNIT = 1 << 36
_SMALL = 20  # bytes; less than that is not worth its place, however much of it is known


def order(function: Numbers, window: Numbers, sizes: Sequence[int], weight: float) -> list[int]:
    """The functions, the largest one first.

    Each pair of `function` and `window` says that the function has that window of bytes in it. The
    pairs are ordered by window.
    A function's merit is how many of its windows are within reach, by its size to the power of
    `weight`: with 1 what repeats almost all counts, with 0 what repeats the most bytes.
    """
    import numpy as np

    count = len(sizes)
    features = int(window.max(initial=-1)) + 1
    has, has_from = window[np.argsort(function, kind="stable")], _starts(function, count)
    owners, owners_from = function, _starts(window, features)
    owned = np.diff(owners_from)

    def sharing(windows: Numbers) -> Numbers:
        """How many of these windows each function has."""
        lengths = owned[windows]
        places = np.repeat(owners_from[windows] - np.cumsum(lengths) + lengths, lengths)
        return np.bincount(owners[places + np.arange(len(places))], minlength=count)

    # In whole numbers, so that it is the same on every machine.
    worth = np.array([round(max(size, _SMALL) ** -weight * _UNIT) for size in sizes], np.int64)
    left = np.ones(count, bool)
    score = np.zeros(count, np.int64)
    reached = np.zeros(features, np.int64)  # how many functions within reach have the window
    found: list[int] = []
    near: deque[int] = deque()
    reach = 0
    following = int(np.argmax(sizes)) if count else 0
    for _ in range(count):
        found.append(following)
        left[following] = False
        windows = has[has_from[following] : has_from[following + 1]]
        score += sharing(windows[reached[windows] == 0])
        reached[windows] += 1
        near.append(following)
        reach += sizes[following]
        while reach > _REACH and len(near) > 1:
            leaving = near.popleft()
            reach -= sizes[leaving]
            windows = has[has_from[leaving] : has_from[leaving + 1]]
            reached[windows] -= 1
            score -= sharing(windows[reached[windows] == 0])
        following = int(np.argmax(np.where(left, score * worth, -1)))
    return found


def _starts(numbers: Numbers, count: int) -> Numbers:
    """Where each number below `count` begins, once they are in order, and where the last ends."""
    import numpy as np

    return np.concatenate((np.zeros(1, np.int64), np.cumsum(np.bincount(numbers, minlength=count))))

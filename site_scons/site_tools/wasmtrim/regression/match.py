"""Which function of the old module is which of the new: rounds from strict to loose.

What a round pairs is out of the next ones. So a function that a compiler numbered anew, or one
that was renamed, isn't taken for one removed and another one added.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Final

from wasmtrim.regression.inventory import FunctionSize

# What compilers put behind a name to tell it from its likes: hashes by content, which are the same
# as long as the content is (Rust's), and numbers in order, which move when another one comes
# before (LLVM's and TinyGo's, Go's closures).
_HASH: Final = re.compile(r"::h[0-9a-f]{16}\b|\[[0-9a-f]{5,}\]")
_NUMBER: Final = re.compile(r"(?<=func)\d+|\$\d+|(?<=\.)\d+\b|\.llvm\.\d+|#\d+")


@dataclass(frozen=True, slots=True)
class Pair:
    """A function in both modules, or in one of them; the other side is None then."""

    old: FunctionSize | None
    new: FunctionSize | None


def normalised(name: str) -> str:
    """A name without hashes and numbers that change from build to build."""
    return _NUMBER.sub("#", _HASH.sub("", name))


def _same(function: FunctionSize) -> Hashable:
    return (function.name, function.digest) if function.name and function.digest else None


def _name(function: FunctionSize) -> Hashable:
    """The name, unless it has a number: a number identifies nothing."""
    return None if _NUMBER.search(function.name) else function.name or None


def _normalised_name(function: FunctionSize) -> Hashable:
    return normalised(function.name) or None


def _body(function: FunctionSize) -> Hashable:
    return function.digest or None


def _shape(function: FunctionSize) -> Hashable:
    """The length and the type: calls are by index, so a body changes when others come or go."""
    return (function.type, function.bytes, function.package) if function.type else None


def _type(function: FunctionSize) -> Hashable:
    """Of functions that nobody knows, those of one type: rather a likely pair than none."""
    return function.type or None if not function.name else None


_ROUNDS: Final[tuple[Callable[[FunctionSize], Hashable], ...]] = (
    _same,
    _name,
    _normalised_name,
    _body,
    _shape,
    _type,
)


def pairs(old: Sequence[FunctionSize], new: Sequence[FunctionSize]) -> list[Pair]:
    """Pair the functions: each is in one pair, the new ones in their order, then those removed.

    Of several that a round can't tell apart, those of equal size are paired first, then the
    smallest with the smallest.
    """
    partner: dict[int, int] = {}  # place in new to place in old
    left_old, left_new = list(range(len(old))), list(range(len(new)))
    for key in _ROUNDS:
        partner |= _round(old, new, left_old, left_new, key)
        taken = set(partner.values())
        left_old = [at for at in left_old if at not in taken]
        left_new = [at for at in left_new if at not in partner]
    found = [
        Pair(old[partner[at]] if at in partner else None, function)
        for at, function in enumerate(new)
    ]
    return found + [Pair(old[at], None) for at in left_old]


def _round(
    old: Sequence[FunctionSize],
    new: Sequence[FunctionSize],
    left_old: Sequence[int],
    left_new: Sequence[int],
    key: Callable[[FunctionSize], Hashable],
) -> dict[int, int]:
    """Pair what has the same key: place in new to place in old."""
    waiting: dict[Hashable, list[int]] = {}
    for at in left_old:
        value = key(old[at])
        if value is not None:
            waiting.setdefault(value, []).append(at)
    alike: dict[Hashable, list[int]] = {}
    for at in left_new:
        value = key(new[at])
        if value in waiting:
            alike.setdefault(value, []).append(at)
    paired: dict[int, int] = {}
    for value, places in alike.items():
        paired |= _by_size(old, new, waiting[value], places)
    return paired


def _by_size(
    old: Sequence[FunctionSize], new: Sequence[FunctionSize], ours: list[int], theirs: list[int]
) -> dict[int, int]:
    paired: dict[int, int] = {}
    of_size: dict[int, list[int]] = {}
    for at in reversed(ours):
        of_size.setdefault(old[at].bytes, []).append(at)
    for at in theirs:
        same = of_size.get(new[at].bytes)
        if same:
            paired[at] = same.pop()
    taken = set(paired.values())
    rest_old = sorted((at for at in ours if at not in taken), key=lambda at: old[at].bytes)
    rest_new = sorted((at for at in theirs if at not in paired), key=lambda at: new[at].bytes)
    return paired | dict(zip(rest_new, rest_old, strict=False))

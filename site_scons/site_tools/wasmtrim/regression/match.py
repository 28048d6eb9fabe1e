"""Pairs the functions of two modules, in rounds from strict to loose.

A function that a round pairs is left out of the next ones. So a function that was renamed, or that
a compiler renumbered, isn't taken for one removed and another one added.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from wasmtrim.attribution.packages.naming import UNKNOWN_PACKAGE
from wasmtrim.regression.inventory import FunctionSize

_Key: TypeAlias = Callable[[FunctionSize], Hashable]

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

    @property
    def known(self) -> FunctionSize:
        """The function as it is now, or as it was where it is gone."""
        known = self.new or self.old
        assert known
        return known


def normalised(name: str) -> str:
    """A name without hashes and numbers that change from build to build."""
    return _NUMBER.sub("#", _HASH.sub("", name))


def is_named(function: FunctionSize, name: str) -> bool:
    """Return whether it has this name, or one of the functions whose bodies became this one."""
    return normalised(name) in map(normalised, function.name.split(" = "))


def _same(function: FunctionSize) -> Hashable:
    return (function.name, function.digest) if function.name and function.digest else None


def _name(function: FunctionSize) -> Hashable:
    """The name, unless it has a number: a number identifies nothing."""
    return None if _NUMBER.search(function.name) else function.name or None


def _normalised_name(function: FunctionSize) -> Hashable:
    return normalised(function.name) or None


def _body(function: FunctionSize) -> Hashable:
    return function.digest or None


def _local_name(function: FunctionSize) -> Hashable:
    """Of a function that went to another package: its name within it, and its length."""
    return (_within(function), function.bytes) if function.name else None


def _shape(function: FunctionSize) -> Hashable:
    """The length and the type: calls are by index, so a body changes when others come or go."""
    return (function.type, function.bytes, function.package) if function.type else None


def _length(function: FunctionSize) -> Hashable:
    """The length alone: a baseline knows no types of functions that have a name."""
    return (function.package, function.bytes) if function.name else None


def _type(function: FunctionSize) -> Hashable:
    """Of functions that nobody knows, those of one type: rather a likely pair than none."""
    return function.type or None if not function.name else None


_STRICT: Final[tuple[_Key, ...]] = (_same, _name, _normalised_name, _body)
_ROUNDS: Final[tuple[_Key, ...]] = (*_STRICT, _local_name, _shape, _type)
_BASELINE_ROUNDS: Final[tuple[_Key, ...]] = (*_STRICT, _local_name, _length, _type)
# What these tell apart is little, so they pair only what there is one of on either side.
_SINGLE: Final = (_local_name, _length)


def moves(old: Sequence[FunctionSize], new: Sequence[FunctionSize]) -> dict[str, str]:
    """The packages that were moved: the old path to the new one.

    A package that is gone was moved to one that came, if half of the new one's functions at least
    have their names in it.
    """
    before, after = _names_within(old), _names_within(new)
    gone = {package: names for package, names in before.items() if package not in after}
    came = {package: names for package, names in after.items() if package not in before}
    packages_of: dict[str, list[str]] = {}
    for package, names in gone.items():
        for name in names:
            packages_of.setdefault(name, []).append(package)
    alike = [
        (common, _last(was) == _last(now), was, now)
        for now, names in came.items()
        for was, common in Counter(p for n in names for p in packages_of.get(n, ())).items()
        if 2 * common >= len(names)
    ]
    found: dict[str, str] = {}
    for _, _, was, now in sorted(alike, key=lambda each: (-each[0], not each[1], *each[2:])):
        if was not in found and now not in found.values():
            found[was] = now
    return found


def pairs(
    old: Sequence[FunctionSize], new: Sequence[FunctionSize], moved: Mapping[str, str]
) -> list[Pair]:
    """Pair the functions: each is in one pair, the new ones in their order, then those removed.

    `moved` has the new path of each package that has another one, as `moves` gives it. Of several
    that a round can't tell apart, those of equal size are paired first, then the smallest with the
    smallest.
    """
    known = [_renamed(function, moved) for function in old] if moved else old
    partner: dict[int, int] = {}  # place in new to place in old
    left_old, left_new = list(range(len(old))), list(range(len(new)))
    typeless = any(function.name and not function.type for function in old)
    for key in _BASELINE_ROUNDS if typeless else _ROUNDS:
        partner |= _round(known, new, left_old, left_new, key)
        taken = set(partner.values())
        left_old = [at for at in left_old if at not in taken]
        left_new = [at for at in left_new if at not in partner]
    found = [
        Pair(old[partner[at]] if at in partner else None, function)
        for at, function in enumerate(new)
    ]
    return found + [Pair(old[at], None) for at in left_old]


def _within(function: FunctionSize) -> str:
    """The name of a function without that of its package."""
    return normalised(function.name).replace(function.package, "")


def _names_within(functions: Sequence[FunctionSize]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for function in functions:
        if function.name and function.package != UNKNOWN_PACKAGE:
            found.setdefault(function.package, set()).add(_within(function))
    return found


def _last(package: str) -> str:
    return package.rpartition("/")[2]


def _renamed(function: FunctionSize, moved: Mapping[str, str]) -> FunctionSize:
    """A function as it would be called after its package was moved."""
    now = moved.get(function.package)
    if now is None:
        return function
    return replace(function, name=function.name.replace(function.package, now), package=now)


def _round(
    old: Sequence[FunctionSize],
    new: Sequence[FunctionSize],
    left_old: Sequence[int],
    left_new: Sequence[int],
    key: _Key,
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
        if key in _SINGLE and len(waiting[value]) + len(places) > 2:
            continue
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

"""What each package takes of the code section: inlined code counts where it came from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

ABOUT: Final = "\N{ALMOST EQUAL TO}"  # marks a figure that is approximate


class Owned(NamedTuple):
    """The code of a function whose own package is `package`: its bytes by where they came from."""

    package: str
    code: Mapping[str, int]


@dataclass(frozen=True)
class Share:
    """What belongs to a package: bytes of the code section, and functions.

    `approximate`: code of it was inlined elsewhere, or other code into it.
    """

    group: str
    bytes: int
    functions: int
    approximate: bool = False


def shares_of(functions: Iterable[Owned], group: Callable[[str], str]) -> dict[str, Share]:
    """Sum functions up by package, the largest first; `group` tells whose a package is."""
    size: Counter[str] = Counter()
    number: Counter[str] = Counter()
    split: set[str] = set()
    for function in functions:
        number[function.package] += 1
        size[function.package] += 0
        size.update(function.code)
        if function.code.keys() != {function.package}:
            split.update(function.code, [function.package])
    ordered = sorted(size, key=lambda name: (-size[name], name))
    return {name: Share(group(name), size[name], number[name], name in split) for name in ordered}

"""What the functions of each package take of the code section."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol


class Owned(Protocol):
    """A function that is somebody's."""

    @property
    def package(self) -> str: ...
    @property
    def group(self) -> str: ...
    @property
    def bytes(self) -> int: ...


@dataclass(frozen=True)
class Share:
    """What belongs to a package: bytes of the code section, and functions."""

    group: str
    bytes: int
    functions: int


def shares_of(functions: Iterable[Owned]) -> dict[str, Share]:
    """Sum functions up by package, the largest first; its first function tells a group."""
    size: Counter[str] = Counter()
    number: Counter[str] = Counter()
    groups: dict[str, str] = {}
    for function in functions:
        size[function.package] += function.bytes
        number[function.package] += 1
        groups.setdefault(function.package, function.group)
    ordered = sorted(size, key=lambda name: (-size[name], name))
    return {name: Share(groups[name], size[name], number[name]) for name in ordered}

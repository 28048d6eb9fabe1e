"""The pictures that a module made, judged against the expected ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from wasmtrim.check import Check, failed, held
from wasmtrim.errors import CheckError
from wasmtrim.verify import difference
from wasmtrim.verify.difference import Difference, Frame, Observation

DIFFERENCE = "difference.png"


@dataclass(frozen=True)
class Shown:
    """A picture that a module made, and the one that it is to be; `into` takes what differs."""

    actual: Path
    expected: Path
    tolerance: int
    into: Path


def compare(pictures: Sequence[Shown], root: Path) -> list[Check]:
    """Compare frame count, size, each delay, loop and every frame's pixels.

    Where pixels differ, `into/difference.png` shows expected, actual and difference of the worst
    frame; the check names it as seen from `root`.
    """
    pairs = []
    for shown in pictures:
        heat_map = shown.into / DIFFERENCE
        heat_map.unlink(missing_ok=True)
        pairs.append(difference.Pair(shown.expected, shown.actual, shown.tolerance, heat_map))
    return [_check(found, root) for found in difference.each(pairs)]


def _check(found: Difference | CheckError, root: Path) -> Check:
    if isinstance(found, CheckError):
        return failed("output", str(found))
    fault = _fault(found)
    if fault is None:
        near = f", off by {found.largest} at most" if found.largest else ""
        return held("output", f"{found.b}, as expected{near}")
    if found.worst and (path := found.heat_map):
        where = path.relative_to(root) if path.is_relative_to(root) else DIFFERENCE
        fault += f"; {where} shows expected, actual and difference of frame {found.worst.number}"
    return failed("output", fault)


def _fault(found: Difference) -> str | None:
    """The first thing that is wrong, None where nothing is."""
    if found.a.fault:
        return f"smoke.expect.picture {found.a.fault}"
    if found.b.fault:
        return f"the output {found.b.fault}"
    match found.first:
        case Observation(what, expected, actual):
            return f"{what}: {actual}, expected is {expected}"
        case Frame(number, pixels, largest, first=(x, y)):
            return (
                f"frame {number}: {pixels:,} of {found.a.width * found.a.height:,} pixels are off"
                f" by more than {found.tolerance}, by up to {largest}; the first is at x {x}, y {y}"
            )
    return None

"""The picture that a module made, judged against the expected one."""

from __future__ import annotations

from pathlib import Path

from wasmtrim.check import Check, failed, held
from wasmtrim.errors import CheckError
from wasmtrim.verify import difference
from wasmtrim.verify.difference import Difference, Frame, Observation

DIFFERENCE = "difference.png"


def compare(actual: Path, expected: Path, tolerance: int, root: Path, into: Path) -> Check:
    """Compare frame count, size, each delay, loop and every frame's pixels.

    Where pixels differ, `into/difference.png` shows expected, actual and difference of the worst
    frame; the check names it as seen from `root`.
    """
    heat_map = into / DIFFERENCE
    heat_map.unlink(missing_ok=True)
    try:
        found = difference.between(expected, actual, tolerance, heat_map)
    except CheckError as error:
        return failed("output", str(error))
    fault = _fault(found)
    if fault is None:
        near = f", off by {found.largest} at most" if found.largest else ""
        return held("output", f"{found.b}, as expected{near}")
    if found.worst and found.heat_map:
        path = heat_map.relative_to(root) if heat_map.is_relative_to(root) else DIFFERENCE
        fault += f"; {path} shows expected, actual and difference of frame {found.worst.number}"
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

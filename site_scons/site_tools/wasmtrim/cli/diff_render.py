"""`wasmtrim diff-render`: how two pictures or animations differ, and where."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from wasmtrim.cli import Subparsers, decimal, operand, whole
from wasmtrim.errors import UsageError

if TYPE_CHECKING:
    from wasmtrim.verify.difference import Difference

MOST_PICTURE_BYTES = 1 << 28
_SHOWN = 15  # rows of a list; --json has them all


def add(subparsers: Subparsers) -> None:
    """Register the subcommand."""
    parser = subparsers.add_parser(
        "diff-render",
        help="show how two pictures or animations differ, and where",
        description="Compare GIFs or PNGs as they are shown: size, frames, each delay, how often"
        " they play, and every pixel. If pixels differ, write a PNG with the worst frame in A, in"
        " B, and a heat map of the difference. The exit status is 1 if they differ.",
    )
    parser.add_argument("a", metavar="A", help="a picture; A or B may be - for standard input")
    parser.add_argument("b", metavar="B", help="the picture to compare it with")
    parser.add_argument(
        "--tolerance",
        type=whole(0, 255),
        default=0,
        metavar="N",
        help="how much a channel of a pixel may differ, 0 to 255; default: 0",
    )
    parser.add_argument(
        "--allow",
        type=decimal(0, 100),
        default=0.0,
        metavar="PERCENT",
        help="the share of a frame's pixels that may differ by more; default: 0",
    )
    parser.add_argument(
        "--heat-map",
        type=Path,
        default=Path("difference.png"),
        metavar="FILE",
        help="the PNG to write; default: difference.png",
    )
    parser.add_argument(
        "--json", action="store_true", help="print every frame that differs, as JSON"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Compare, print; 1 when they differ by more than is allowed."""
    from wasmtrim import records
    from wasmtrim.verify import difference

    operand.refuse_both("A and B", args.a, args.b)
    with tempfile.TemporaryDirectory() as folder:
        a, b = Path(folder, "a"), Path(folder, "b")
        labels = _take(args.a, a), _take(args.b, b)
        found = difference.between(difference.Pair(a, b, args.tolerance, args.heat_map))
    for label, picture in zip(labels, (found.a, found.b), strict=True):
        if not picture.format:
            raise UsageError(f"{label}: {picture.fault}")
    same = found.same(args.allow)
    if args.json:
        print(records.DIFFERENCE.text(found.record(args.allow)), end="")
    else:
        _print(found, same)
    return 0 if same else 1


def _take(name: str, to: Path) -> str:
    """Copy a picture, from wherever it comes, so that it stays what it is; gives its label."""
    given = operand.read(name, "a picture to compare", MOST_PICTURE_BYTES)
    to.write_bytes(given.data)
    return given.label


def _print(found: Difference, same: bool) -> None:
    for side, picture in (("A", found.a), ("B", found.b)):
        print(f"{side}  {picture}")
        if picture.fault:
            print(f"{side} {picture.fault}")
    for finding in found.findings[:_SHOWN]:
        print(f"{finding.what}: {finding.a} in A, {finding.b} in B")
    _more(len(found.findings))
    wrong = [frame for frame in found.frames if frame.first]
    if wrong:
        print(f"\nframe  {'pixels':>12}  of frame  largest  mean ΔE  the first at")
    for frame in wrong[:_SHOWN]:
        x, y = frame.first or (0, 0)
        print(
            f"{frame.number:>5}  {frame.pixels:>12,}  {found.share(frame):>7.3f}%"
            f"  {frame.largest:>7}  {frame.mean_delta_e:>7.2f}  x {x}, y {y}"
        )
    _more(len(wrong))
    if wrong:
        print()
    if found.worst and found.heat_map:
        print(f"{found.heat_map} shows frame {found.worst.number}: A, B, and their difference")
    print(_verdict(found, same))


def _more(rows: int) -> None:
    if rows > _SHOWN:
        print(f"({rows - _SHOWN:,} more; --json has them all)")


def _verdict(found: Difference, same: bool) -> str:
    if not same:
        return f"they differ{_first(found)}"
    if not found.largest:
        return "the same"
    if found.worst is None:
        return f"the same within the tolerance: off by {found.largest} at most"
    return f"the same within --allow: at most {found.share(found.worst):.3f}% of a frame differ"


def _first(found: Difference) -> str:
    from wasmtrim.verify.difference import Frame, Observation

    match found.first:
        case Observation(frame=0, what=what):
            return f", first in {what}"
        case Observation(frame=number) | Frame(number=number):
            return f", first in frame {number}"
    return ""

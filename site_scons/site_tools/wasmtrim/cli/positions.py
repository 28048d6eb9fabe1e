"""`wasmtrim positions`: take away what standard Go keeps to tell files and lines."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from wasmtrim.cli import Subparsers, rewriting

if TYPE_CHECKING:
    from wasmtrim.records import PositionsRecord


def add(subparsers: Subparsers) -> None:
    """Register the subcommand."""
    parser = subparsers.add_parser(
        "positions",
        help="zero the tables of files and lines in a module by standard Go",
        description="Zero the tables of files and lines in a module by standard Go: they then"
        " compress to almost nothing, and layout or wasm-opt can leave them out. It is checked"
        " that nothing else in memory changes. Any other module is written as it is, with the"
        " reason.",
    )
    rewriting.add(parser)
    parser.add_argument(
        "--names",
        choices=("keep", "drop"),
        default="keep",
        help="drop: also zero function names, except those that the runtime reads; default: keep",
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the module; 0, also where it is unchanged."""
    from wasmtrim import records

    names = args.names == "drop"
    label, (record, notes) = rewriting.rewrite(args, lambda data: _zeroed(data, names=names))
    if args.json:
        print(records.POSITIONS.text(record), end="")
        return 0
    for what, size in record.zeroed.items():
        print(f"{size:>12,}  {what}")
    for note in notes:
        print(f"{label}: {note}")
    return 0


def _zeroed(data: bytes, *, names: bool) -> tuple[bytes, tuple[PositionsRecord, tuple[str, ...]]]:
    """The module without positions, its record, and notes to the reader."""
    from wasmtrim import wasm
    from wasmtrim.records import PositionsRecord
    from wasmtrim.stages import positions

    result = positions.zero(wasm.read(data), names=names)
    if isinstance(result, positions.Zeroed):
        record = PositionsRecord(f"1.{result.version}", dict(result.difference.zeroed), None)
        return result.data, (record, positions.notes(result, names=names))
    return data, (PositionsRecord(None, {}, result.reason), (result.reason,))

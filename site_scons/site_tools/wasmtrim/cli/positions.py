"""`wasmtrim positions`: take away what standard Go keeps to tell files and lines."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from wasmtrim.cli import Subparsers, operand

SCHEMA = 1


def add(subparsers: Subparsers) -> None:
    """Register the subcommand."""
    parser = subparsers.add_parser(
        "positions",
        help="zero what standard Go keeps to tell files and lines",
        description="Zeroes the position tables of a module by standard Go, which compress to"
        " nothing then, and which layout or wasm-opt leaves out. Nothing else of its memory"
        " changes: that is checked. Any other module is written unchanged, with the reason.",
    )
    parser.add_argument("module", metavar="IN", help="a .wasm file, or - for standard input")
    parser.add_argument("--out", required=True, metavar="FILE", help="where the module goes")
    parser.add_argument(
        "--names",
        choices=("keep", "drop"),
        default="keep",
        help="drop: function names as well, but those that the runtime reads (default: keep)",
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the module; 0, also where it is unchanged."""
    from wasmtrim import atomic, wasm
    from wasmtrim.stages import positions
    from wasmtrim.wasm import limits

    given = operand.read(args.module, "a module", limits.MODULE_BYTES)
    names = args.names == "drop"
    with given.named():
        result = positions.zero(wasm.read(given.data), names=names)
    if isinstance(result, positions.Zeroed):
        data, notes = result.data, positions.notes(result, names=names)
        go, zeroed, unchanged = f"1.{result.version}", dict(result.difference.zeroed), None
    else:
        data, notes = given.data, (result.reason,)
        go, zeroed, unchanged = None, {}, result.reason
    atomic.write_bytes(Path(args.out), data)
    if args.json:
        content = {"schema": SCHEMA, "go": go, "zeroed": zeroed, "unchanged": unchanged}
        print(json.dumps(content, indent=2))
        return 0
    for what, size in zeroed.items():
        print(f"{size:>12,}  {what}")
    for note in notes:
        print(f"{given.label}: {note}")
    return 0

"""`wasmtrim layout`: cut data segments and order functions for the size that counts."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from wasmtrim.cli import Subparsers, operand

SCHEMA = 1
_METRICS = ("raw", "gzip", "brotli")


def add(subparsers: Subparsers) -> None:
    """Register the subcommand."""
    parser = subparsers.add_parser(
        "layout",
        help="cut data segments and order functions for the size that counts",
        description="Writes the same module in another layout: data segments are cut where it"
        " pays, and functions are put into another order. Memories, tables and functions are the"
        " same, which is proven on each run. Never larger by the metric; what can't be moved is"
        " unchanged, with the reason.",
    )
    parser.add_argument("module", metavar="IN", help="a .wasm file, or - for standard input")
    parser.add_argument("--out", required=True, metavar="FILE", help="where the module goes")
    parser.add_argument(
        "--metric", required=True, choices=_METRICS, help="what the module is to be small in"
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the module; 0, also where it is unchanged."""
    from wasmtrim import atomic
    from wasmtrim.stages import layout
    from wasmtrim.stages.layout import metric
    from wasmtrim.wasm import limits

    given = operand.read(args.module, "a module", limits.MODULE_BYTES)
    with given.named():
        result = layout.arrange(given.data, args.metric)
    if isinstance(result, layout.Arranged):
        data, before, after, notes = result.module, result.before, result.after, result.notes
    else:
        data, notes = given.data, (result.reason,)
        before = after = metric.size(data, args.metric)
    atomic.write_bytes(Path(args.out), data)
    if args.json:
        content = {"schema": SCHEMA, "metric": args.metric, "before": before, "after": after}
        print(json.dumps({**content, "notes": notes}, indent=2))
        return 0
    change = f"{after / before - 1:+.2%}"
    print(f"{given.label}: {before:,} to {after:,} bytes by {args.metric} ({change})")
    for note in notes:
        print(f"{given.label}: {note}")
    return 0

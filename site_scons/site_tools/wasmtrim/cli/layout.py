"""`wasmtrim layout`: cut data segments and order functions for the size that counts."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from wasmtrim.cli import Subparsers, rewriting
from wasmtrim.records.fields import METRICS

if TYPE_CHECKING:
    from wasmtrim.records import LayoutRecord
    from wasmtrim.records.fields import Metric


def add(subparsers: Subparsers) -> None:
    """Register the subcommand."""
    parser = subparsers.add_parser(
        "layout",
        help="cut data segments and order functions to make a module smaller",
        description="Write the same module in another layout: cut data segments where it pays, and"
        " put functions into another order. With --metric raw, constants that repeat become"
        " globals. Each run proves that memories, tables and the functions' behavior are the same."
        " The result is never larger by the metric. A module that cannot be changed is written as"
        " it is, with the reason.",
    )
    rewriting.add(parser)
    parser.add_argument("--metric", required=True, choices=METRICS, help="the size to minimize")
    parser.add_argument(
        "--nameless",
        action="store_true",
        help="leave the name section out of the measurement; it stays in the module",
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the module; 0, also where it is unchanged."""
    from wasmtrim import records

    label, record = rewriting.rewrite(args, lambda data: _arranged(data, args))
    if args.json:
        print(records.LAYOUT.text(record), end="")
        return 0
    before, after = record.before, record.after
    change = f"{after / before - 1:+.2%}"
    print(f"{label}: {before:,} to {after:,} bytes by {record.metric} ({change})")
    for note in record.notes:
        print(f"{label}: {note}")
    return 0


def _arranged(data: bytes, args: argparse.Namespace) -> tuple[bytes, LayoutRecord]:
    from wasmtrim.records import LayoutRecord
    from wasmtrim.stages import layout
    from wasmtrim.stages.layout.metric import size

    metric: Metric = args.metric
    result = layout.arrange(data, metric, nameless=args.nameless)
    if isinstance(result, layout.Arranged):
        record = LayoutRecord(metric, result.before, result.after, result.notes)
        return result.module, record
    found = size(data, metric)
    return data, LayoutRecord(metric, found, found, (result.reason,))

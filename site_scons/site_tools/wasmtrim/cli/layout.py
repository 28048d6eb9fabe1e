"""`wasmtrim layout`: cut data segments and order functions for the size that counts."""

from __future__ import annotations

import argparse
import dataclasses
import json
from pathlib import Path

from wasmtrim.cli import Subparsers, operand

SCHEMA = 1
_METRICS = ("raw", "gzip", "brotli")
_TIMEOUT_SECONDS = 600


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
    from wasmtrim import atomic, sizes
    from wasmtrim.stages import function, layout
    from wasmtrim.stages.job import Transformed
    from wasmtrim.wasm import limits

    given = operand.read(args.module, "a module", limits.MODULE_BYTES)
    out = Path(args.out)
    settings = layout.Settings(args.metric)
    result = function.run(
        layout.NAME, settings, given.data, timeout=_TIMEOUT_SECONDS, folder=out.parent
    ).result
    if isinstance(result, Transformed):
        data, notes, unchanged = result.module, result.notes, None
    else:
        data, notes, unchanged = given.data, (), result.reason
    atomic.write_bytes(out, data)
    before, after = sizes.measure(given.data), sizes.measure(data)
    if args.json:
        content = {
            "schema": SCHEMA,
            "metric": args.metric,
            "before": dataclasses.asdict(before),
            "after": dataclasses.asdict(after),
            "notes": notes,
            "unchanged": unchanged,
        }
        print(json.dumps(content, indent=2))
        return 0
    print(f"{'':<8}{'before':>12}{'after':>12}")
    for metric in _METRICS:
        was, now = getattr(before, metric), getattr(after, metric)
        print(f"{metric:<8}{was:>12,}{now:>12,}  {now / was - 1:+.2%}")
    for note in (*notes, unchanged):
        if note:
            print(f"{given.label}: {note}")
    return 0

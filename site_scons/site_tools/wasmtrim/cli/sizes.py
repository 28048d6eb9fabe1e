"""`wasmtrim sizes`: where every byte of a module went."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from wasmtrim.cli import Subparsers, keeping_all, owners, whole
from wasmtrim.cli.tables.share_table import NOISE

if TYPE_CHECKING:
    from wasmtrim.attribution import ComponentItems, Items, Owners

SCHEMA = 1
_SHOWN = 15  # rows of a table


def add(subparsers: Subparsers) -> None:
    """Register the subcommand."""
    parser = subparsers.add_parser(
        "sizes",
        help="show where every byte of a module went",
        description="Count each byte of a module once: by section, package, function, source file.",
    )
    parser.add_argument("module", metavar="MODULE", help="a .wasm file, or - for standard input")
    parser.add_argument("--json", action="store_true", help="print every row, as JSON")
    parser.add_argument(
        "--compressed",
        action="store_true",
        help="show each row's share of the gzip and the brotli file; JSON always has both",
    )
    rows = parser.add_mutually_exclusive_group()
    rows.add_argument(
        "--top",
        type=whole(1, 1_000_000),
        default=_SHOWN,
        metavar="N",
        help=f"rows of each table; default: {_SHOWN}",
    )
    rows.add_argument("--all", action="store_true", help="show all rows")
    parser.add_argument(
        "--lock",
        type=Path,
        metavar="Cargo.lock",
        help="the lock file that tells own crates from third-party ones",
    )
    owners.add_map(parser)
    parser.set_defaults(run=run)


@keeping_all()
def run(args: argparse.Namespace) -> int:
    """Print the rows of one module; 0, as there is nothing to fail."""
    from wasmtrim.attribution import rows
    from wasmtrim.cli.tables.size_tables import Tables

    found = owners.read(args.module, args.lock, args.map)
    items = rows(found, open_data=True)
    if args.json:
        _print_json(items, found)
    else:
        most = None if args.all else args.top
        Tables(items, found, compressed=args.compressed).show(most)
    return 0


def _print_json(items: Items | ComponentItems, found: Owners) -> None:
    """One row a line, written as it is made: a module may have millions."""
    from wasmtrim.attribution.packages.inlining import Inlining
    from wasmtrim.cli.tables import prices

    encode = json.JSONEncoder(separators=(",", ":")).encode
    start = {"schema": SCHEMA, "size": items.size, "noise": NOISE}
    print(f'{encode(start)[:-1]},"items":[', end="")
    before = "\n"
    inlining = Inlining(found)
    paid = prices.of(items)
    for item, gzip, brotli in zip(items, paid.gzip, paid.brotli, strict=True):
        group = found.group_of_package(item.package) if item.package else None
        package = item.package or None
        if item.kind == "function" and item.number is not None:
            group, package = found.group(item.number), found.package(item.number)
        row = {
            "kind": item.kind,
            "section": item.section,
            "name": item.name,
            "offset": item.offset,
            "bytes": item.bytes,
            "gzip": gzip,
            "brotli": brotli,
            "index": item.number,
            "package": package,
            "group": group.name if group else None,
            "guess": bool(group and group.is_guess),
        }
        if item.kind == "function" and item.number is not None:
            split = inlining.split(item.number, item.bytes)
            row |= {"packages": split} if split.keys() != {package} else {}
        print(before + encode(row), end="")
        before = ",\n"
    print("\n]}")

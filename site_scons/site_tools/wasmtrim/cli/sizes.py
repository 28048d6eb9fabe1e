"""`wasmtrim sizes`: where every byte of a module went."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wasmtrim.attribution import Items, Origins

SCHEMA = 1
_SHOWN = 15  # rows of a list; --json has them all
_NAME_WIDTH = 100


def add(subparsers: Any) -> None:
    """Register the subcommand."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "sizes",
        help="where every byte of a module went",
        description="Accounts for each byte of a module once: sections, packages, functions.",
    )
    parser.add_argument("module", metavar="MODULE", help="a .wasm file, or - for standard input")
    parser.add_argument("--json", action="store_true", help="print every row, as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the rows of one module; 0, as there is nothing to fail."""
    from wasmtrim import wasm
    from wasmtrim.attribution import Items, origins

    data = read(args.module)
    found = origins(wasm.read(data))
    items = Items(found)
    if args.json:
        _print_json(items)
    else:
        _print_tables(items, found)
    return 0


def read(name: str) -> bytes:
    """The bytes of a file, or of standard input where the name is `-`."""
    return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()


def _print_json(items: Items) -> None:
    """One row a line, written as it is made: a module may have millions."""
    encode = json.JSONEncoder(separators=(",", ":")).encode
    print(f'{{"schema":{SCHEMA},"size":{items.size},"items":[', end="")
    before = "\n"
    for item in items:
        row = {
            "kind": item.kind,
            "section": item.section,
            "name": item.name,
            "offset": item.offset,
            "bytes": item.bytes,
        }
        print(before + encode(row), end="")
        before = ",\n"
    print("\n]}")


def _print_tables(items: Items, found: Origins) -> None:
    from wasmtrim.attribution import packages

    sections: Counter[str] = Counter()
    functions: Counter[int] = Counter()
    for item in items:
        sections[item.section] += item.bytes
        if item.kind == "function" and item.number is not None:
            functions[item.number] = item.bytes
    rows = [(found.symbol(index), size) for index, size in functions.items()]
    _table("section", sections.most_common(), items.size, items.size)
    if functions:
        code = sum(functions.values())
        shares = [(f"{p.name}  [{p.group}]", p.bytes) for p in packages(rows)]
        _table("package", shares, items.size, code)
        largest = [(found.name(index), size) for index, size in functions.most_common(_SHOWN)]
        _table("largest functions", largest, items.size, code, len(functions))
        print(f"\nnames by: {', '.join(found.witnesses) or 'nobody, the module has none'}")


def _table(
    title: str, rows: list[tuple[str, int]], size: int, total: int, count: int | None = None
) -> None:
    from wasmtrim.report.words import printable, shortened

    print(f"\n{'bytes':>12}  {'of file':>7}  {title}")
    shown = rows[:_SHOWN]
    for name, value in shown:
        share = 100 * value / size
        print(f"{value:>12,}  {share:>6.1f}%  {shortened(printable(name), _NAME_WIDTH)}")
    left = total - sum(value for _, value in shown)
    more = (len(rows) if count is None else count) - len(shown)
    if more:
        print(f"{left:>12,}  {100 * left / size:>6.1f}%  ({more:,} more)")
    print(f"{total:>12,}  {100 * total / size:>6.1f}%  in all")

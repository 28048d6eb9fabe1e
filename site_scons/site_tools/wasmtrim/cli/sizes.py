"""`wasmtrim sizes`: where every byte of a module went."""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from wasmtrim.cli import Subparsers, operand
from wasmtrim.cli.share_table import NOISE, Layout, Share

if TYPE_CHECKING:
    from wasmtrim.attribution import ComponentItems, Items, Owners
    from wasmtrim.attribution.groups import Group

SCHEMA = 1
_SHOWN = 15  # rows of a table


def add(subparsers: Subparsers) -> None:
    """Register the subcommand."""
    parser = subparsers.add_parser(
        "sizes",
        help="where every byte of a module went",
        description="Accounts for each byte of a module once: sections, packages, functions.",
    )
    parser.add_argument("module", metavar="MODULE", help="a .wasm file, or - for standard input")
    parser.add_argument("--json", action="store_true", help="print every row, as JSON")
    parser.add_argument(
        "--compressed",
        action="store_true",
        help="add what each row takes of the gzip and the brotli file; JSON always has it",
    )
    rows = parser.add_mutually_exclusive_group()
    rows.add_argument(
        "--top", type=_count, default=_SHOWN, metavar="N", help=f"rows of a table ({_SHOWN})"
    )
    rows.add_argument("--all", action="store_true", help="all rows of every table")
    parser.add_argument(
        "--lock",
        type=Path,
        metavar="Cargo.lock",
        help="tells own crates from those of third parties",
    )
    parser.set_defaults(run=run)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of rows; give 1 or more")
    return int(text)


def run(args: argparse.Namespace) -> int:
    """Print the rows of one module; 0, as there is nothing to fail."""
    from wasmtrim.attribution import rows

    found = read(args.module, args.lock)
    items = rows(found, open_data=True)
    if args.json:
        _print_json(items, found)
    else:
        most = None if args.all else args.top
        _print_tables(items, found, Layout(most, items.size, args.compressed))
    return 0


def read(name: str, lock: Path | None = None) -> Owners:
    """The module in a file, or in standard input where the name is `-`, and what is known of it.

    The unstripped build and the size record beside `NAME.wasm` name its functions.
    """
    from wasmtrim.attribution import NameSources, name_sources
    from wasmtrim.wasm import limits

    given = operand.read(name, "a module", limits.MODULE_BYTES)
    known = name_sources.beside(given.path, given.data) if given.path else NameSources()
    with given.named():
        return (known.with_lock(lock) if lock else known).owners(given.data)


def _print_json(items: Items | ComponentItems, found: Owners) -> None:
    """One row a line, written as it is made: a module may have millions."""
    encode = json.JSONEncoder(separators=(",", ":")).encode
    start = {"schema": SCHEMA, "size": items.size, "noise": NOISE}
    print(f'{encode(start)[:-1]},"items":[', end="")
    before = "\n"
    prices = _prices(items)
    for item, gzip, brotli in zip(items, prices.gzip, prices.brotli, strict=True):
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
        print(before + encode(row), end="")
        before = ",\n"
    print("\n]}")


class _Prices(NamedTuple):
    """What each row takes of the gzip and the brotli file, and what these have of their own."""

    gzip: Iterable[int]
    brotli: Iterable[int]
    overhead: tuple[int, int]


def _prices(items: Items | ComponentItems) -> _Prices:
    from wasmtrim.attribution.compressed import brotli_shares, gzip_shares

    gzip = gzip_shares(items.data, items.bounds)
    brotli = brotli_shares(items.data, items.bounds)
    return _Prices(gzip.rows, brotli.rows, (gzip.overhead, brotli.overhead))


def _print_tables(items: Items | ComponentItems, found: Owners, layout: Layout) -> None:
    sections: dict[str, Share] = defaultdict(Share)
    packages: dict[str, Share] = defaultdict(Share)
    parts: dict[str | int, Share] = defaultdict(Share)  # a function without a name by its index
    files: dict[str, Share] = defaultdict(Share)
    data: Counter[str] = Counter()
    ranges: set[str | int] = set()
    groups: dict[str, Group] = {}
    prices = _prices(items) if layout.compressed else _Prices(repeat(0), repeat(0), (0, 0))
    for item, *packed in zip(items, prices.gzip, prices.brotli, strict=False):
        sections[item.section].add(item.bytes, *packed)
        if item.kind == "function" and item.number is not None:
            package, where = found.package(item.number), found.where(item.number)
            groups.setdefault(package, found.group(item.number))
            packages[package].add(item.bytes, *packed)
            named = item.number in found.entries
            shown = f"{item.name}  {_beside(package, where)}".rstrip() if named else item.number
            parts[shown].add(item.bytes, *packed)
            if where:
                files[where.rpartition(":")[0] or where].add(item.bytes, *packed)
        elif item.kind in ("data", "segment header"):
            shown = f"{item.name}  {item.package}".rstrip()
            parts[shown].add(item.bytes, *packed)
            ranges.add(shown)
            if item.package:
                groups.setdefault(item.package, found.group_of_package(item.package))
                data[item.package] += item.bytes
    if layout.compressed:
        sections["(headers and tables of the compressed file)"].add(0, *prices.overhead)
    layout.table("section", sections)
    if packages:
        packages.update({package: Share() for package in data.keys() - packages.keys()})
        layout.table(
            "package",
            packages,
            name=lambda package: f"{package}  [{_marked(groups[package])}]",
            noun=lambda _: "functions",
            data=data,
        )
    if parts:
        layout.table(
            "function or data",
            parts,
            name=lambda part: found.name(part) if isinstance(part, int) else part,
            noun=lambda part: "ranges" if part in ranges else "alike",
        )
    if files:
        layout.table("source file", files, noun=lambda _: "functions")
    _print_sources(found, groups.values() if packages else ())
    if layout.compressed:
        print(
            f"~: under {NOISE:,} compressed bytes; what leaving saves may be half of it, or twice:"
        )
        print("   `wasmtrim why MODULE NAME --saving` measures that")


def _print_sources(found: Owners, groups: Collection[Group]) -> None:
    """Say what names, groups and guesses are by."""
    if groups:
        print(f"\nnames by: {', '.join(found.name_sources) or 'nobody, the module has none'}")
    if found.proof.sources and {group.name for group in groups} & {"own", "third party"}:
        print(f"own and third party by: {', '.join(found.proof.sources)}")
    if any(group.is_guess for group in groups):
        print("own and third party with a ?: a guess, by the name alone")


def _marked(group: Group) -> str:
    return f"{group.name}{'?' if group.is_guess else ''}"


def _beside(package: str, where: str) -> str:
    """Where a function is, without the folder that its package says already."""
    folder, _, file = where.rpartition("/")
    return file if folder and (package == folder or package.endswith(f"/{folder}")) else where

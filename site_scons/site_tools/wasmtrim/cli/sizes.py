"""`wasmtrim sizes`: where every byte of a module went."""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from wasmtrim.cli import Subparsers, operand
from wasmtrim.escaping import printable

if TYPE_CHECKING:
    from wasmtrim.attribution import ComponentItems, Items, Owners

_Key = TypeVar("_Key", str, int)

SCHEMA = 1
_SHOWN = 15  # rows of a list; --json has them all
_NAME_WIDTH = 100


def add(subparsers: Subparsers) -> None:
    """Register the subcommand."""
    parser = subparsers.add_parser(
        "sizes",
        help="where every byte of a module went",
        description="Accounts for each byte of a module once: sections, packages, functions.",
    )
    parser.add_argument("module", metavar="MODULE", help="a .wasm file, or - for standard input")
    parser.add_argument("--json", action="store_true", help="print every row, as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the rows of one module; 0, as there is nothing to fail."""
    from wasmtrim.attribution import rows

    found = read(args.module)
    items = rows(found)
    if args.json:
        _print_json(items)
    else:
        _print_tables(items, found)
    return 0


def read(name: str) -> Owners:
    """The module in a file, or in standard input where the name is `-`, and what is known of it.

    The unstripped build and the size record beside `NAME.wasm` name its functions.
    """
    from wasmtrim.attribution import NameSources, name_sources
    from wasmtrim.wasm import limits

    given = operand.read(name, "a module", limits.MODULE_BYTES)
    known = name_sources.beside(given.path, given.data) if given.path else NameSources()
    return known.owners(given.data)


def _print_json(items: Items | ComponentItems) -> None:
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


@dataclass(slots=True)
class _Share:
    """What one row of a table stands for, in bytes."""

    raw: int = 0
    gzip: int = 0

    def add(self, raw: int, gzip: int) -> None:
        self.raw += raw
        self.gzip += gzip


def _print_tables(items: Items | ComponentItems, found: Owners) -> None:
    from wasmtrim.attribution.compressed import gzip_shares
    from wasmtrim.records.stage import OWN, THIRD_PARTY

    gzip = gzip_shares(items.data, items.bounds)
    sections: dict[str, _Share] = defaultdict(_Share)
    packages: dict[str, _Share] = defaultdict(_Share)
    functions: dict[int, _Share] = defaultdict(_Share)
    groups = set()
    for item, packed in zip(items, gzip.rows, strict=True):
        sections[item.section].add(item.bytes, packed)
        if item.kind == "function" and item.number is not None:
            group = found.group(item.number)
            groups.add(group)
            package = found.package(item.number)
            packages[f"{package}  [{group}]"].add(item.bytes, packed)
            functions[item.number].add(item.bytes, packed)
    sections["(headers and tables of the gzip file)"].add(0, gzip.overhead)
    _table("section", sections, items.size, str)
    if functions:
        _table("package", packages, items.size, str)
        _table(
            "function",
            functions,
            items.size,
            lambda at: f"{found.name(at)}  {found.where(at)}".rstrip(),
        )
        print(f"\nnames by: {', '.join(found.name_sources) or 'nobody, the module has none'}")
        if groups & {OWN, THIRD_PARTY}:
            known = "go list, when it was built" if found.groups else "the names alone: a guess"
            print(f"own and third party by: {known}")


def _table(
    title: str, shares: Mapping[_Key, _Share], size: int, name: Callable[[_Key], str]
) -> None:
    """The largest rows, then the others in one, then the sum of all."""
    from wasmtrim.report.formatting import shortened

    print(f"\n{'bytes':>12}  {'of file':>7}  {'gzip':>12}  {title}")
    shown = sorted(shares, key=lambda key: -shares[key].raw)[:_SHOWN]
    rest, total = _Share(), _Share()
    for share in shares.values():
        rest.add(share.raw, share.gzip)
        total.add(share.raw, share.gzip)
    for key in shown:
        rest.add(-shares[key].raw, -shares[key].gzip)
        _row(shares[key], size, shortened(printable(name(key)), _NAME_WIDTH))
    if len(shares) > len(shown):
        _row(rest, size, f"({len(shares) - len(shown):,} more)")
    _row(total, size, "in all")


def _row(share: _Share, size: int, name: str) -> None:
    print(f"{share.raw:>12,}  {100 * share.raw / size:>6.1f}%  {share.gzip:>12,}  {name}")

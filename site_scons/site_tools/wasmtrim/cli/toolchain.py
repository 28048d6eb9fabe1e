"""`wasmtrim toolchain`: the cache of fetched programs; to and from machines without a network."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from wasmtrim.cli import Subparsers
from wasmtrim.errors import NotFetched

if TYPE_CHECKING:
    from wasmtrim.toolchain import Locator


def add(subparsers: Subparsers) -> None:
    """Register the subcommand."""
    parser = subparsers.add_parser(
        "toolchain",
        help="manage the cache of downloaded programs",
        description="Programs that are neither on PATH nor on PyPI are downloaded once per user.",
    )
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="list the entries of the cache")
    listing.set_defaults(run=_list)
    remove = actions.add_parser("remove", help="remove entries of the cache")
    remove.add_argument("names", nargs="+", metavar="ENTRY", help="an entry, as `list` prints it")
    remove.set_defaults(run=_remove)
    export = actions.add_parser(
        "export",
        help="download all pinned programs, and write them to one file for another machine",
    )
    export.add_argument("file", type=Path, metavar="FILE", help="the file to write")
    export.set_defaults(run=_export)
    taking = actions.add_parser("import", help="read a file that `export` wrote; needs no network")
    taking.add_argument("file", type=Path, metavar="FILE", help="a file that `export` wrote")
    taking.set_defaults(run=_import)


def _locator() -> Locator:
    from wasmtrim import toolchain

    root = Path.cwd()
    return toolchain.Locator(toolchain.load(root), root)


def _list(args: argparse.Namespace) -> int:  # noqa: ARG001
    from wasmtrim.toolchain import bundle

    store = _locator().store
    print(store.folder)
    for name in bundle.entries(store):
        print(f"{bundle.size(store, name) / 1e6:10.1f} MB  {name}")
    return 0


def _remove(args: argparse.Namespace) -> int:
    from wasmtrim.toolchain import bundle

    bundle.remove(_locator().store, args.names)
    return 0


def _export(args: argparse.Namespace) -> int:
    from wasmtrim.toolchain import bundle

    locator = _locator()
    locator.store.reach.forget()
    sources = bundle.fetched(locator.toolchain)
    for source in sources:
        try:
            locator.store.files(source, npm=locator.npm)
        except NotFetched as error:
            print(f"left out: {source}: {error}")
    for name in bundle.export(locator.store, sources, args.file):
        print(f"in {args.file}: {name}")
    return 0


def _import(args: argparse.Namespace) -> int:
    from wasmtrim.toolchain import bundle

    locator = _locator()
    for name in bundle.take(locator.store, bundle.fetched(locator.toolchain), args.file):
        print(f"in the cache: {name}")
    return 0

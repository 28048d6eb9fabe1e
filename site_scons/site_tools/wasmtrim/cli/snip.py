"""`wasmtrim snip`: let functions trap that are assumed never to be reached."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from wasmtrim.cli import Subparsers, rewriting


def add(subparsers: Subparsers) -> None:
    """Register the subcommand."""
    parser = subparsers.add_parser(
        "snip",
        help="put a trap in place of functions that never run",
        description="Put a trap in place of the bodies of functions, so that wasm-opt can drop them"
        " and what only they reach. This is an assumption: if such a function runs after all, the"
        " module traps.",
    )
    rewriting.add(parser)
    parser.add_argument(
        "functions", nargs="+", metavar="NAME", help="the name of a function; * stands for any text"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the module, and tell what traps now and what leaves with it."""
    label, notes = rewriting.rewrite(args, lambda data: _snipped(data, args.functions))
    for note in notes:
        print(f"{label}: {note}")
    return 0


def _snipped(data: bytes, functions: Sequence[str]) -> tuple[bytes, tuple[str, ...]]:
    """The module, and notes to the reader."""
    from wasmtrim import wasm
    from wasmtrim.stages import snip

    snipped = snip.snip(wasm.read(data), functions)
    return snipped.data, snip.notes(snipped)

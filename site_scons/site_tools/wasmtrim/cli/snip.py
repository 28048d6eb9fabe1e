"""`wasmtrim snip`: let functions trap that are assumed never to be reached."""

from __future__ import annotations

import argparse
from pathlib import Path

from wasmtrim.cli import Subparsers, operand


def add(subparsers: Subparsers) -> None:
    """Register the subcommand."""
    parser = subparsers.add_parser(
        "snip",
        help="let functions trap that are assumed never to be reached",
        description="Replaces the bodies of functions by a trap, so that wasm-opt can drop them and"
        " what only they reach. This is an assumption: the module is another one if a function is"
        " reached after all.",
    )
    parser.add_argument("module", metavar="IN", help="a .wasm file, or - for standard input")
    parser.add_argument("--out", required=True, metavar="FILE", help="where the module goes")
    parser.add_argument(
        "functions", nargs="+", metavar="NAME", help="a function; * stands for any text"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the module, and tell what traps now and what leaves with it."""
    from wasmtrim import atomic, wasm
    from wasmtrim.stages import snip
    from wasmtrim.wasm import limits

    given = operand.read(args.module, "a module", limits.MODULE_BYTES)
    with given.named():
        snipped = snip.snip(wasm.read(given.data), args.functions)
    atomic.write_bytes(Path(args.out), snipped.data)
    for note in snip.notes(snipped):
        print(f"{given.label}: {note}")
    return 0

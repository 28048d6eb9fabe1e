"""`wasmtrim why`: what keeps a function or a package in a module, and what would leave with it."""

from __future__ import annotations

import argparse
from pathlib import Path

from wasmtrim.cli import Subparsers, keeping_all, operand, owners


def add(subparsers: Subparsers) -> None:
    """Register the subcommand."""
    parser = subparsers.add_parser(
        "why",
        help="show why a function or a package is in a module",
        description="Show the shortest chain of export, calls and table entries that keeps it, how"
        " many bytes would leave with it, and through which imports a Go package came in.",
    )
    parser.add_argument("module", metavar="MODULE", help="a .wasm file, or - for standard input")
    parser.add_argument(
        "target",
        metavar="FUNCTION|PACKAGE",
        help="an export, a package, a function by its index, its name or the end of it, or a"
        " module, namespace or type that functions are of",
    )
    parser.add_argument("--json", action="store_true", help="print the answer as JSON")
    parser.add_argument(
        "--saving",
        action="store_true",
        help="compress the module again without it, and show what that saves; takes seconds",
    )
    owners.add_map(parser)
    parser.set_defaults(run=run)


@keeping_all()
def run(args: argparse.Namespace) -> int:
    """Print the answer; 0. UsageError where the module has no such function or package."""
    from wasmtrim.attribution.reachability import imports, reasons
    from wasmtrim.attribution.reachability.graph import Graph
    from wasmtrim.cli import why_text

    found = owners.read(args.module, linker_map=args.map)
    graph = Graph(found)
    imported = None
    if args.module != operand.STANDARD_INPUT:
        imported = imports.beside(Path(args.module), (found.component or found.module).data)
    reason = reasons.find(graph, args.target, imported, measure=args.saving)
    if args.json:
        from wasmtrim import records
        from wasmtrim.attribution.reachability import why_record

        print(records.WHY.text(why_record.of(graph, reason)), end="")
    else:
        print("\n".join(why_text.lines(graph, reason)))
    return 0

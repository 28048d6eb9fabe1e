"""`wasmtrim bench`: how many requests a second, and how long each takes."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from wasmtrim import errors
from wasmtrim.cli import Subparsers, whole

if TYPE_CHECKING:
    from wasmtrim.serve.bench.summary import Summary


def add(subparsers: Subparsers) -> None:
    """Register the subcommand."""
    parser = subparsers.add_parser(
        "bench",
        help="load a served module, and tell throughput and latency",
        description="Serves a profile or module in each mode, on CPUs apart from the load's where"
        " there are two, and measures them in turn: with one client, with many (closed loop), and"
        " at fixed rates (open loop). An address is measured as it is there.",
    )
    parser.add_argument("what", metavar="PROFILE|MODULE|URL", help="a server's is http://…")
    parser.add_argument(
        "--input", type=Path, metavar="FILE", help="the body; a profile's default: smoke.input"
    )
    parser.add_argument(
        "--mode",
        action="append",
        metavar="MODE",
        help="may be given several times; all that the profile default: allows",
    )
    parser.add_argument(
        "--against",
        action="append",
        default=[],
        metavar="URL",
        help="another server to measure beside; may be given several times",
    )
    parser.add_argument(
        "--clients", type=whole(1, 1_000), default=50, metavar="N", help="default: 50; up to 1000"
    )
    parser.add_argument(
        "--seconds", type=whole(1, 1_000), default=5, metavar="S", help="of each run; default: 5"
    )
    parser.add_argument(
        "--repeats", type=whole(1, 1_000), default=3, metavar="N", help="of each run; default: 3"
    )
    parser.add_argument(
        "--format", choices=("text", "json", "html", "svg"), default="text", help="default: text"
    )
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="where it goes; default: standard output"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Measure, print."""
    with errors.needed("serve"):
        import hdrh.histogram  # noqa: F401 - the others come with what follows

        from wasmtrim import atomic
        from wasmtrim.serve.bench import page, run, text

    modes = tuple(args.mode or ())
    summary: Summary = run.bench(
        run.Wanted(
            what=args.what,
            input=args.input,
            modes=modes,
            against=tuple(args.against),
            clients=args.clients,
            seconds=args.seconds,
            repeats=args.repeats,
        ),
        Path.cwd(),
        lambda line: print(f"wasmtrim: {line}", file=sys.stderr, flush=True),
    )
    match args.format:
        case "json":
            made = summary.to_json()
        case "html":
            made = page.text(summary)
        case "svg":
            made = page.picture(summary)
        case _:
            made = text.text(summary)
    if args.out:
        atomic.write_text(args.out, made)
    else:
        print(made, end="")
    return 0

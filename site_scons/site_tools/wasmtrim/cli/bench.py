"""`wasmtrim bench`: how many requests a second, and how long each takes."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from wasmtrim import errors
from wasmtrim.cli import Subparsers, progress, whole

if TYPE_CHECKING:
    from wasmtrim.serve.bench.summary import Summary


def add(subparsers: Subparsers) -> None:
    """Register the subcommand."""
    parser = subparsers.add_parser(
        "bench",
        help="measure throughput and latency of a served module",
        description="Serve a profile or module in each mode, on other CPUs than the clients' if"
        " there are two, and measure the modes in turn: with one client, with many (closed loop),"
        " and at fixed rates (open loop). A server at a URL is measured as it is.",
    )
    parser.add_argument(
        "what",
        metavar="PROFILE|MODULE|URL",
        help="a profile that was released, a .wasm file, or the address of a server (http://…)",
    )
    parser.add_argument(
        "--input",
        type=Path,
        metavar="FILE",
        help="the body of each request; default for a profile: its smoke.input",
    )
    parser.add_argument(
        "--mode",
        action="append",
        metavar="MODE",
        help="a mode to measure; may be repeated; default: all that the profile allows",
    )
    parser.add_argument(
        "--against",
        action="append",
        default=[],
        metavar="URL",
        help="another server to compare with; may be repeated",
    )
    parser.add_argument(
        "--clients",
        type=whole(1, 1_000),
        default=50,
        metavar="N",
        help="clients of the closed loop, up to 1000; default: 50",
    )
    parser.add_argument(
        "--seconds",
        type=whole(1, 1_000),
        default=5,
        metavar="S",
        help="length of each run; default: 5",
    )
    parser.add_argument(
        "--repeats",
        type=whole(1, 1_000),
        default=3,
        metavar="N",
        help="repetitions of each run; default: 3",
    )
    parser.add_argument(
        "--format", choices=("text", "json", "html", "svg"), default="text", help="default: text"
    )
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="the file to write; default: standard output"
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
        progress,
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

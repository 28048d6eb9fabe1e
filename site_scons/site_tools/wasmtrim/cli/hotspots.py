"""`wasmtrim hotspots`: where a module's instructions and allocations go."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from wasmtrim.cli import Subparsers, decimal
from wasmtrim.hotspots.formats import FORMATS, TEXT, View

if TYPE_CHECKING:
    from wasmtrim.records.hotspots import HotspotsRecord

LEAST_SECONDS, MOST_SECONDS = 0.01, 600


def add(subparsers: Subparsers) -> None:
    """Register the subcommand."""
    parser = subparsers.add_parser(
        "hotspots",
        help="show which functions of a module take the instructions, and which allocate",
        description="Count instructions, calls and allocations by function and call stack. The"
        " figures are the same on every machine. A profile's module runs on its smoke cases.",
    )
    parser.add_argument(
        "what", metavar="PROFILE|MODULE", help="a profile that was released, or a .wasm file"
    )
    parser.add_argument(
        "args", nargs="*", default=[], metavar="ARG", help="arguments for a module, after --"
    )
    parser.add_argument("--input", type=Path, metavar="FILE", help="standard input for a module")
    parser.add_argument(
        "--sample",
        type=decimal(LEAST_SECONDS, MOST_SECONDS),
        metavar="SECONDS",
        help="sample the time for so long, instead of counting instructions",
    )
    parser.add_argument(
        "--format", choices=FORMATS, default=TEXT, help=f"{', '.join(FORMATS)}; default: {TEXT}"
    )
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="the file to write; default: standard output"
    )
    parser.add_argument(
        "--diff", type=Path, metavar="OLD", help="compare with an earlier result of --format json"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Measure, print; 0. Raises WasmtrimError where there is nothing to measure."""
    from wasmtrim import atomic, records
    from wasmtrim.errors import UsageError
    from wasmtrim.hotspots import formats
    from wasmtrim.hotspots.summary import UNITS

    old = records.HOTSPOTS.read(args.diff) if args.diff else None
    record = _measured(args)
    if old and old.unit != record.unit:
        raise UsageError(
            f"{args.diff}: it has {UNITS[old.unit]}, and this has {UNITS[record.unit]}: compare"
            " what was measured in the same way, with --sample or without"
        )
    terminal = args.out is None and sys.stdout.isatty()
    content = formats.made(args.format, View(record, old, terminal))
    if args.out:
        atomic.write_bytes(args.out, content)
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
    return 0


def _measured(args: argparse.Namespace) -> HotspotsRecord:
    import tempfile

    from wasmtrim.errors import UsageError
    from wasmtrim.hotspots import exact, sampled, subject

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if args.what.endswith(".wasm"):
            given = subject.of_module(Path(args.what), args.input, args.args, folder)
        elif args.input or args.args:
            raise UsageError(
                f"{args.what}: a profile says what its module is given; give a .wasm file in its"
                " place, or no --input and no arguments"
            )
        else:
            given = subject.of_profile(args.what, Path.cwd(), folder)
        if args.sample:
            return sampled.measure(given, folder, args.sample)
        return exact.measure(given, folder)

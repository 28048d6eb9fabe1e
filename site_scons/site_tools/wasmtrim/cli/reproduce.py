"""`wasmtrim reproduce`: make the release again, in a clone, and compare every byte."""

from __future__ import annotations

import argparse
from pathlib import Path

from wasmtrim import reproduction
from wasmtrim.cli import Subparsers


def add(subparsers: Subparsers) -> None:
    """Register the subcommand."""
    parser = subparsers.add_parser(
        "reproduce",
        help="build the release again in a temporary clone, and compare every byte",
        description="Clone the commit that dist/provenance.json names into a temporary folder,"
        " release it there, and compare the result with dist/: modules and verdicts byte by byte,"
        " size records except for the seconds.",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:  # noqa: ARG001
    """Print what differs; 1 if anything does."""
    commit, differences = reproduction.reproduce(Path.cwd())
    for difference in differences:
        print(f"{difference.file}: {difference.how}")
    print(f"{commit}: {'differs' if differences else 'the same, byte for byte'}")
    return 1 if differences else 0

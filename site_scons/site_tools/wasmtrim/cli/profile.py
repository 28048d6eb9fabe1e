"""`wasmtrim profile`: a profile as it is after what it extends, with where each value came from."""

from __future__ import annotations

import argparse
from pathlib import Path

from wasmtrim.cli import Subparsers


def add(subparsers: Subparsers) -> None:
    """Register the subcommand."""
    parser = subparsers.add_parser(
        "profile",
        help="a profile as it is after what it extends, and where each value came from",
        description="Print a profile with all that it extends and every default, as YAML; the"
        " comments say in which file and line each value stands.",
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("name", nargs="?", metavar="NAME", help="a profile's name, or its file")
    what.add_argument(
        "--schema", action="store_true", help="print the JSON schema of profiles, for editors"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print what was asked for. Raises ConfigError and UsageError as `load` does."""
    if args.schema:
        from wasmtrim.profile import schema

        print(schema.text(), end="")
        return 0
    from wasmtrim.profile import load
    from wasmtrim.profile.explain import explain

    print(explain(load(args.name, Path.cwd())), end="")
    return 0

"""`wasmtrim profile`: a profile as it is after what it extends, with where each value came from."""

from __future__ import annotations

import argparse
from pathlib import Path

from wasmtrim.cli import Subparsers
from wasmtrim.errors import ConfigError, Problem
from wasmtrim.wording import plural


def add(subparsers: Subparsers) -> None:
    """Register the subcommand."""
    parser = subparsers.add_parser(
        "profile",
        help="print a profile with everything that it inherits",
        description="Print a profile with everything that it inherits and every default, as YAML."
        " Comments give the file and line of each value.",
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("name", nargs="?", metavar="NAME", help="the name of a profile, or its file")
    what.add_argument(
        "--schema", action="store_true", help="print the JSON schema of profiles, for editors"
    )
    what.add_argument(
        "--check",
        action="store_true",
        help="check all profiles of the project",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print what was asked for. Raises ConfigError and UsageError as `load` does."""
    if args.schema:
        from wasmtrim.profile import schema

        print(schema.text(), end="")
        return 0
    if args.check:
        return _check(Path.cwd())
    from wasmtrim.profile import load
    from wasmtrim.profile.explain import explain

    print(explain(load(args.name, Path.cwd())), end="")
    return 0


def _check(root: Path) -> int:
    """Read every profile. Raises ConfigError with the problems of all of them, each once."""
    from wasmtrim.profile import FOLDER, load, names

    known = names(root)
    problems: dict[Problem, None] = {}
    for name in known:
        try:
            load(name, root)
        except ConfigError as error:
            problems |= dict.fromkeys(error.problems)
    if problems:
        raise ConfigError(tuple(problems))
    print(f"{FOLDER}: {plural(len(known), 'profile')}, nothing wrong")
    return 0

"""`wasmtrim history`: the sizes of earlier builds, kept in a file of lines."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from wasmtrim.cli import Subparsers
from wasmtrim.errors import UsageError
from wasmtrim.wording import listed


def add(subparsers: Subparsers) -> None:
    """Register the subcommand."""
    from wasmtrim.regression.history import FILE

    parser = subparsers.add_parser(
        "history",
        help="record and show the sizes of earlier builds",
        description="Keep the sizes of builds in a file of JSON lines, one per profile and commit.",
    )
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    adds = actions.add_parser("add", help="append the builds in dist/")
    adds.add_argument("--note", default="", metavar="TEXT", help="a note for the reader")
    adds.set_defaults(run=_add)
    shows = actions.add_parser("show", help="print the history, oldest first")
    shows.set_defaults(run=_show)
    for action in (adds, shows):
        action.add_argument("profiles", nargs="*", metavar="PROFILE", help="default: all profiles")
        action.add_argument(
            "--file", type=Path, default=FILE, metavar="FILE", help=f"default: {FILE}"
        )


def _add(args: argparse.Namespace) -> int:
    """Append the builds in dist/ of the current folder; those that are there already are left."""
    from wasmtrim import provenance, records
    from wasmtrim.regression import history

    root = Path.cwd()
    found = sorted((root / "dist").glob("*.sizes.json"))
    built = {path.name.removesuffix(".sizes.json"): path for path in found}
    missing = [name for name in args.profiles if name not in built]
    if missing or not built:
        raise UsageError(f"dist/ has no build of {', '.join(missing) or 'any profile'}")
    made = provenance.read(root / "dist" / provenance.FILE)
    date = history.date_of(root, made.commit)
    left = [] if args.profiles else [name for name in built if f"{name}.wasm" not in made.modules]
    entries = [
        history.of_release(records.SIZES.read(built[name]), made, date, args.note)
        for name in args.profiles or built
        if name not in left
    ]
    if not entries:
        raise UsageError(f"dist/{provenance.FILE} tells of none of the builds in dist/")
    fresh = history.add(args.file, entries)
    of = entries[0].built_of
    print(f"{args.file}: {len(fresh)} of {len(entries)} added, for {of} of {date[:10]}")
    if left:
        print(f"left out, as the last release delivered no such module: {listed(left, 10)}")
    return 0


def _show(args: argparse.Namespace) -> int:
    """Print the entries."""
    from wasmtrim.regression import history
    from wasmtrim.report import terminal

    entries = history.read(args.file)
    known = {entry.profile for entry in entries}
    unknown = [name for name in args.profiles if name not in known]
    if unknown or not entries:
        which = ", ".join(unknown) or "any profile"
        raise UsageError(
            f"{args.file} has no build of {which}; `wasmtrim history add` appends those in dist/"
        )
    for profile in args.profiles or sorted(known):
        for compiler in sorted({e.compiler.split()[0] for e in entries if e.profile == profile}):
            shown = history.of_profile(entries, profile, compiler)
            terminal.show_history(profile, shown, sys.stdout)
    return 0

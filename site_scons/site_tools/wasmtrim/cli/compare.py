"""`wasmtrim compare`: what changed in size between two modules, and whether a profile allows it."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from wasmtrim import broken_pipe
from wasmtrim.cli import Subparsers, keeping_all, operand, progress, whole
from wasmtrim.errors import UsageError
from wasmtrim.report import FORMATS, LARGEST, MARKDOWN, TEXT

if TYPE_CHECKING:
    from wasmtrim.regression.result import RegressionResult
    from wasmtrim.regression.snapshot import Snapshot


def add(subparsers: Subparsers) -> None:
    """Register the subcommand."""
    parser = subparsers.add_parser(
        "compare",
        help="show what changed in size between two modules",
        usage="wasmtrim compare OLD NEW [--profile NAME] [--format FORMAT]\n"
        "       wasmtrim compare --base REF --profile NAME [--format FORMAT]",
        description="Compare any two modules; or the project in the current folder with one of its"
        " commits, both built by this wasmtrim and its tools. With --profile, the budgets of the"
        " profile are checked: the exit status is 1 if one is exceeded.",
    )
    parser.add_argument(
        "files",
        nargs="*",
        metavar="OLD NEW",
        help="a .wasm file, a NAME.sizes.json or a baseline; one may be - for standard input",
    )
    parser.add_argument(
        "--base",
        metavar="REF",
        help="the commit to compare with; auto finds it: the first parent of a merge into the"
        " target branch, else the merge base with it, else the committed baseline",
    )
    parser.add_argument("--profile", metavar="NAME", help="the profile whose budgets are checked")
    parser.add_argument(
        "--format",
        choices=[name for name, each in FORMATS.items() if each.compares],
        default=TEXT,
        help=f"default: {TEXT}",
    )
    parser.add_argument(
        "--top",
        type=whole(0, 1_000_000),
        default=LARGEST,
        metavar="N",
        help=f"how many changes of a kind text and md show, the largest first; default: {LARGEST}",
    )
    parser.add_argument(
        "--no-brotli",
        action="store_true",
        help="do not measure OLD and NEW under brotli, which takes most of the time",
    )
    parser.set_defaults(run=run)


@keeping_all()
def run(args: argparse.Namespace) -> int:
    """Compare, print; 1 when a budget of the profile is exceeded."""
    judged = _of_files(args) if args.base is None else _of_project(args)
    with broken_pipe.tolerated():  # `| head` makes no budget better or worse
        _print(judged, args.format, args.top)
    return 0 if judged.ok else 1


def _of_files(args: argparse.Namespace) -> RegressionResult:
    from wasmtrim.regression import result
    from wasmtrim.regression.base import Base

    if len(args.files) != 2:
        raise UsageError("compare takes OLD and NEW, or --base REF with --profile NAME")
    operand.refuse_both("OLD and NEW", *args.files)
    old, new = (_snapshot(name, brotli=not args.no_brotli) for name in args.files)
    base = Base(old, old.label)
    if args.profile is None:
        return result.without_budgets(new, base)
    from wasmtrim import profile

    loaded = profile.load(args.profile, Path.cwd())
    return result.of_build(loaded.name, loaded.profile, new, base, date.today())


def _snapshot(name: str, *, brotli: bool) -> Snapshot:
    from wasmtrim.regression import read
    from wasmtrim.wasm import limits

    given = operand.read(name, "a module or record", limits.MODULE_BYTES)
    return read.of_bytes(given.data, given.label, given.path, brotli=brotli)


def _of_project(args: argparse.Namespace) -> RegressionResult:
    from wasmtrim import profile
    from wasmtrim.regression import base, commits, result

    if args.files or args.profile is None:
        raise UsageError("--base REF goes with --profile NAME, and without files")
    if args.no_brotli:
        raise UsageError("--no-brotli is for OLD and NEW; a build is measured in all ways")
    root = Path.cwd()
    loaded = profile.load(args.profile, root)
    if args.base == commits.AUTO:
        commit = commits.resolve(root, os.environ)
    else:
        commit = commits.named(root, args.base)
    progress(f"building {loaded.name} as it is here")
    new = base.build(root, loaded.name, f"{loaded.name} here")

    def judge(found: base.Base) -> RegressionResult:
        return result.of_build(loaded.name, loaded.profile, new, found, date.today())

    if isinstance(commit, str):
        return judge(base.of_baseline(root, new, commit))
    progress(f"building the base {commit}")
    found = base.of_commit(root, commit, loaded.name, new)
    judged = judge(found)
    if judged.ok or not loaded.profile.commit_waivers:
        return judged
    progress(f"looking for commits that say {commits.FOOTER}, and building them")
    if commits.is_shallow(root):
        progress(
            "this clone is shallow, so some may be missing; fetch all of them (fetch-depth: 0)"
        )
    return judge(base.with_reasons(root, found, commit, loaded.name, new))


def _print(judged: RegressionResult, name: str, top: int) -> None:
    if name == TEXT:  # in colour on a terminal
        from wasmtrim.report import terminal

        terminal.show_result(judged, sys.stdout, top)
    elif name == MARKDOWN:
        from wasmtrim.report import markdown

        print(markdown.of_result(judged, top), end="")
    else:
        print(FORMATS[name].of_result(judged), end="")

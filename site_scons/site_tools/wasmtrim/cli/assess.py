"""`wasmtrim assess`: can this Go code move to WebAssembly, and which hosts take this module."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from wasmtrim.cli import Subparsers, decimal, operand, progress
from wasmtrim.errors import UsageError

_FORMATS = ("text", "md", "json", "sarif")
_TARGETS = ("wasip1", "wasip2", "tinygo", "browser")


def add(subparsers: Subparsers) -> None:
    """Register the subcommand."""
    parser = subparsers.add_parser(
        "assess",
        help="tell whether Go code can move to WebAssembly, or which hosts accept a module",
        description="For Go code: show what it needs from its host, with the call paths through its"
        " dependencies, what can replace it, and a score. For a module: show which hosts provide"
        " its imports. The code is not run.",
    )
    parser.add_argument(
        "subject",
        metavar="FOLDER|PACKAGE|MODULE",
        help="a folder of Go packages, a Go package of the module in the current folder,"
        " a .wasm file, or - for a module on standard input",
    )
    parser.add_argument("--format", choices=_FORMATS, default="text", help="default: text")
    parser.add_argument("--target", choices=_TARGETS, default="wasip1", help="default: wasip1")
    parser.add_argument(
        "--at-least",
        type=decimal(0, 100),
        metavar="SCORE",
        help="exit with status 1 if the score (0 to 100) is below this one",
    )
    parser.add_argument(
        "--build",
        action="store_true",
        help="compile each main package with the available compilers, and show what they report",
    )
    parser.add_argument(
        "--profile",
        action="store_true",
        help="do what --build does, and write a first profile into config/profiles",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the assessment; 1 where its score is below --at-least."""
    path = Path(args.subject)
    if args.subject == operand.STANDARD_INPUT or path.suffix == ".wasm" or path.is_file():
        return _module(args)
    return _code(args, path)


def _module(args: argparse.Namespace) -> int:
    from wasmtrim.assess import imports

    for given, option in (
        (args.at_least is not None, "--at-least"),
        (args.build, "--build"),
        (args.profile, "--profile"),
        (args.format == "sarif", "--format sarif"),
    ):
        if given:
            raise UsageError(f"{option} is for Go code, and {args.subject} is a module")
    module = operand.module(args.subject)
    with module.named():
        needs = imports.assess(module.data)
    print(imports.FORMATS[args.format](needs, module.label), end="")
    return 0


def _code(args: argparse.Namespace, path: Path) -> int:
    from wasmtrim import toolchain
    from wasmtrim.assess import (
        analysis,
        first_profile,
        formats,
        rules,
        scoring,
        tinygo_support,
        trial,
        weights,
    )
    from wasmtrim.toolchain.locate import user_cache

    if args.target == "browser" and (args.build or args.profile):
        raise UsageError("--build and --profile compile for WASI; leave out --target browser")
    project = Path.cwd()
    folder, patterns = (path, ["./..."]) if path.is_dir() else (project, [args.subject])
    root = project if folder.resolve().is_relative_to(project.resolve()) else folder
    known = rules.load()
    weighted = weights.load(known, project)
    pins = toolchain.load(project)
    locator = toolchain.Locator(pins, project)
    cache = user_cache()
    facts = analysis.analyze(
        folder,
        patterns,
        args.target,
        known,
        locator.find("go"),
        root=root,
        cache=cache,
        say=lambda line: print(line, file=sys.stderr),
    )
    tried = trial.build(root, facts.mains, locator, cache) if args.build or args.profile else []
    assessment = scoring.assess(
        facts,
        known,
        weighted,
        args.target,
        tinygo_support.load(pins["tinygo"].version),
        [one.build for one in tried],
    )
    print(formats.render(assessment, args.format), end="")
    if args.profile:
        for written in first_profile.write(tried, root, project):
            progress(f"wrote {written.relative_to(project)}")
    return 1 if args.at_least is not None and assessment.score < args.at_least else 0

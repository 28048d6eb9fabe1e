"""`wasmtrim init`: an SConstruct and a first profile for a Go program or a ready module."""

from __future__ import annotations

import argparse
from pathlib import Path

from wasmtrim.cli import Subparsers, progress
from wasmtrim.cli.operand import Operand
from wasmtrim.errors import UsageError


def add(subparsers: Subparsers) -> None:
    """Register the subcommand."""
    parser = subparsers.add_parser(
        "init",
        help="write an SConstruct and a first profile for a Go program or a ready module",
        description="Write an SConstruct and, into config/profiles, a profile for each main package"
        " of a folder, or for a ready module: with its imports, exports, features and sizes, and a"
        " smoke run to fill in. Run it in the project's root. No file is overwritten.",
    )
    parser.add_argument(
        "subject",
        nargs="?",
        default=".",
        metavar="FOLDER|MODULE",
        help="a folder of Go packages, or a .wasm file; default: the current folder",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the files, and tell which, and what comes next."""
    project, path = Path.cwd(), Path(args.subject)
    was_there = (project / "SConstruct").exists()
    written = _program(path, project) if path.is_dir() else _module(path, project)
    for file in written:
        print(f"wrote {file.relative_to(project)}")
    if was_there:
        print('SConstruct was there already; it needs: env.WasmRelease("config/profiles")')
    profiles = [f.relative_to(project).as_posix() for f in written if f.suffix == ".yaml"]
    print(f"next: fill in the smoke run in {', '.join(profiles)}, then run: scons release")
    return 0


def _program(folder: Path, project: Path) -> list[Path]:
    from wasmtrim import toolchain
    from wasmtrim.assess import first_profile, main_packages, trial
    from wasmtrim.toolchain.locate import user_cache

    first_profile.within(folder, project)
    locator = toolchain.Locator(toolchain.load(project), project)
    mains = main_packages.find(folder, project, locator.find("go"))
    if not mains:
        raise UsageError(
            f"{folder}: no Go main package for WASI is there; name the folder of one, or a module"
        )
    tried = trial.build(project, mains, locator, user_cache())
    for one in tried:
        for said in one.build.said:
            place = f"{said.file}:{said.line}: " if said.file else ""
            progress(f"{one.build.compiler}: {place}{said.message}")
    return first_profile.write(tried, project, project)


def _module(path: Path, project: Path) -> list[Path]:
    from wasmtrim import reading, toolchain, wasm
    from wasmtrim.assess import first_profile
    from wasmtrim.stages import features
    from wasmtrim.wasm import limits

    first_profile.within(path, project)
    data = reading.whole(path, "a module", limits.MODULE_BYTES)
    locator = toolchain.Locator(toolchain.load(project), project)
    with Operand(str(path), path, data).named():
        binary = wasm.read_binary(data)
    used = features.of_module(binary, path, locator.find("wasm-tools"))
    return first_profile.write_for_module(path, data, used, project)

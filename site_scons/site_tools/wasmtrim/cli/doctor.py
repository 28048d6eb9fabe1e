"""`wasmtrim doctor`: each program, its version, its source, problems and how to fix them."""

from __future__ import annotations

import argparse
import shutil
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wasmtrim.cli import Subparsers

if TYPE_CHECKING:
    from wasmtrim.profile import Profile
    from wasmtrim.toolchain.doctor import ProgramStatus

_MARGIN: Final = 22  # of what is told of a program


def add(subparsers: Subparsers) -> None:
    """Register the subcommand."""
    parser = subparsers.add_parser(
        "doctor",
        help="list the programs, their versions and where they come from",
        description="Look for every program of the toolchain as a build does, and download what is"
        " missing. The exit status is 3 if a program that a profile needs is missing.",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:  # noqa: ARG001
    """Examine the toolchain of the project in the current folder. Raises ConfigError."""
    from wasmtrim import profile, toolchain
    from wasmtrim.toolchain import doctor

    root = Path.cwd()
    locator = toolchain.Locator(toolchain.load(root), root)
    profiles = {name: profile.load(name, root).profile for name in profile.names(root)}
    findings = doctor.examine(locator, *_wishes(profiles))
    for status in findings:
        for line in _lines(status):
            print(_wrapped(line))
    return 3 if doctor.fails(findings) else 0


def _wishes(profiles: dict[str, Profile]) -> tuple[dict[str, str], dict[str, str]]:
    """Return which programs the profiles need, what for, and which they can do without."""
    from wasmtrim.stages import registry

    needed: dict[str, list[str]] = {}
    replaced: list[str] = []
    for name, profile in profiles.items():
        run = registry.of(profile)
        programs = {"wasm-tools", *(stage.PROGRAM for stage in run)}
        programs |= {file for stage in run if (file := stage.settings(profile).resource)}
        if profile.module is None:
            programs.add("go")
        if profile.module is None and profile.compiler.name == "tinygo":
            if profile.compiler.fallback:
                replaced.append(name)
            else:
                programs.add("tinygo")
        for program in programs:
            needed.setdefault(program, []).append(name)
    purposes = {program: f"needed by {', '.join(names)}" for program, names in needed.items()}
    without = f"without it standard Go builds {', '.join(replaced)}: the same, but bigger"
    return purposes, {"tinygo": without} if replaced and "tinygo" not in needed else {}


def _wrapped(line: str) -> str:
    """Break a line between words at the edge of a terminal; a path stays whole, to be copied."""
    if not sys.stdout.isatty():
        return line
    margin = " " * _MARGIN
    room = shutil.get_terminal_size().columns - _MARGIN
    parts = textwrap.wrap(
        line[_MARGIN:], max(room, _MARGIN), break_long_words=False, break_on_hyphens=False
    )
    return line[:_MARGIN] + f"\n{margin}".join(parts)


def _lines(status: ProgramStatus) -> Iterator[str]:
    tool = status.tool
    about = f"{tool.version}, {tool.origin}: {' '.join(tool.argv)}" if tool else ""
    lines = [about, *status.wrong.splitlines()] if tool else status.wrong.splitlines()
    if status.wrong:
        if status.needed and (tool is None or status.fails):
            lines.append(status.needed)
        lines.append(f"fix: {status.fix}")
    lines += [words for words in (status.chosen, status.unproven) if words]
    if tool is None:
        state = "missing"
    else:
        state = "wrong" if status.wrong else "chosen" if status.chosen else "ok"
    yield f"{f'{state:8}{status.program:14}':{_MARGIN}}{lines[0]}"
    yield from (" " * _MARGIN + line for line in lines[1:])

"""Profiles whose last release stands: nothing that it depends on changed, so SCons needs no node.

A release notes of each profile the files that its nodes read and made (`inputs.py`), and their
state. While that is the same, a release with nothing to do loads no profile and lays out no chain.
The note is kept in the build folder; one that is damaged is made again. It is no record of
`records`: importing pydantic takes longer than a release with nothing to do.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, TextIO

import SCons
from SCons.Script import COMMAND_LINE_TARGETS, GetOption

from wasmtrim import __version__, atomic, reading, strict_json
from wasmtrim.errors import UsageError
from wasmtrim.scons.build import Build, only_looks
from wasmtrim.scons.options import RELEASE, Options
from wasmtrim.scons.signature import digest
from wasmtrim.scons.watched import Watched

FILE: Final = "settled.json"
# What decides whether a table is in colour, and how wide it is.
_TERMINAL: Final = ("TERM", "COLORTERM", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES")
_TERMINAL_IS: Final = ("TTY_COMPATIBLE", "TTY_INTERACTIVE")
_SCHEMA: Final = 1
_MOST_BYTES: Final = 64 << 20
DAY_SECONDS: Final = 86_400.0  # no profile settles for longer where a day decides
_PACKAGE: Final = Path(__file__).parents[1]
_ENVIRONMENT: Final = ("HOME", "PATH", "XDG_CACHE_HOME")  # by which programs are found
# With these, scons shows or does more than to release.
_SHOWING: Final = ("interactive", "tree_printers", "cache_force", "cache_show", "climb_up")


@dataclass(frozen=True)
class Noted:
    """Files and folders, and the state in which they were good."""

    watched: Watched
    state: str

    @property
    def holds(self) -> bool:
        """Whether nothing changed."""
        return self.watched.state() == self.state


@dataclass(frozen=True)
class Settled:
    """A profile that stands. `file` is its YAML, `module` what it ships.

    `until` is the time, in seconds since 1970, at which it is to be looked at again: a waiver
    ends, or TinyGo may be reached. `pictures` are (what, file, case).
    """

    file: str
    module: str
    noted: Noted
    until: float | None
    pictures: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Whole:
    """What is made of all `profiles`: `origin` is the state of the sources in git.

    `table` is what was printed, and `look` what decides on its look.
    """

    profiles: tuple[str, ...]
    origin: str
    noted: Noted
    look: str
    table: str


@dataclass(frozen=True)
class Ledger:
    """What is settled, by profile. `around` is what all of it depends on."""

    around: Noted | None = None
    profiles: Mapping[str, Settled] = field(default_factory=dict)
    whole: Whole | None = None


def is_plain(options: Options) -> bool:
    """Return whether scons is asked to release and no more."""
    more = options.deliver_anyway or any(GetOption(option) for option in _SHOWING)
    return not (more or only_looks()) and set(COMMAND_LINE_TARGETS) <= {RELEASE}


def read(build: Build, options: Options) -> Ledger:
    """Read what is settled; nothing is where scons is asked for more than the release."""
    path = build.work / FILE
    if not is_plain(options) or not path.exists():
        return Ledger()
    try:
        content = strict_json.loads(reading.whole(path, "the note of what is settled", _MOST_BYTES))
        ledger, settings = _ledger(content)
    except (UsageError, ValueError, KeyError, TypeError, AttributeError):
        shown = os.path.relpath(path, build.root)
        print(f"wasmtrim: {shown}: damaged, so it is made again", file=sys.stderr)
        path.unlink(missing_ok=True)
        return Ledger()
    if settings != around(build, options) or not (ledger.around and ledger.around.holds):
        return Ledger()
    return ledger


def write(build: Build, options: Options, ledger: Ledger) -> None:
    """Write what is settled."""
    content = {"schema": _SCHEMA, "settings": around(build, options), **asdict(ledger)}
    atomic.write_text(build.work / FILE, json.dumps(content, separators=(",", ":")))


def forget(build: Build) -> None:
    """Let nothing be settled for the next run."""
    (build.work / FILE).unlink(missing_ok=True)


def moment(build: Build) -> int | None:
    """Return the time in ns, by the clock of the file system that the build folder is on.

    None where nothing can be written there: whoever has to write will say so.
    """
    with contextlib.suppress(OSError), atomic.folder(build.work, FILE) as made:
        return made.stat().st_ctime_ns
    return None


def around(build: Build, options: Options) -> str:
    """Condense what the outcome depends on beside files: versions, environment, options."""
    installed = [
        sorted(entry.name for entry in os.scandir(folder) if entry.name.endswith(".dist-info"))
        for folder in map(Path, sys.path)
        if folder.name in ("site-packages", "dist-packages") and folder.is_dir()
    ]
    named = sorted(name for name in os.environ if name.startswith("WASMTRIM_"))
    environment = [(name, os.environ.get(name)) for name in (*_ENVIRONMENT, *named)]
    versions = __version__, SCons.__version__, sys.version, sys.executable
    return digest(str(build.root), versions, installed, environment, options.no_fallback)


def look(file: TextIO) -> str:
    """Condense what decides on the look of a table that is printed to a file."""
    named = [(name, os.environ.get(name)) for name in (*_TERMINAL, *_TERMINAL_IS)]
    size = os.get_terminal_size(file.fileno()) if file.isatty() else None
    return digest(named, size, file.encoding)


def own_files() -> list[str]:
    """Name the files of this package."""
    return [
        f"{folder}{os.sep}{name}"
        for folder, _, names in os.walk(_PACKAGE)
        if not folder.endswith("__pycache__")
        for name in names
    ]


def stands(settled: Settled, file: Path) -> bool:
    """Return whether a profile, which is in this file, is as it was."""
    until, now = settled.until, time.time()
    in_time = until is None or until - DAY_SECONDS <= now < until  # a clock may jump back
    return in_time and settled.file == str(file) and settled.noted.holds


def noted(files: Watched) -> Noted:
    """Note files as they are now."""
    return Noted(files, files.state())


def _ledger(content: Any) -> tuple[Ledger, str]:
    """Read the note's content; raises ValueError, KeyError or TypeError where it is none."""
    if content["schema"] != _SCHEMA:
        raise ValueError
    whole, around_it = content["whole"], content["around"]
    profiles = {name: _settled(each) for name, each in content["profiles"].items()}
    ledger = Ledger(
        None if around_it is None else _noted(around_it),
        profiles,
        None
        if whole is None
        else Whole(
            _texts(whole["profiles"]),
            _text(whole["origin"]),
            _noted(whole["noted"]),
            _text(whole["look"]),
            _text(whole["table"]),
        ),
    )
    return ledger, _text(content["settings"])


def _settled(content: Any) -> Settled:
    until = content["until"]
    return Settled(
        _text(content["file"]),
        _text(content["module"]),
        _noted(content["noted"]),
        None if until is None else float(until),
        tuple((what, file, case) for what, file, case in map(_texts, content["pictures"])),
    )


def _noted(content: Any) -> Noted:
    files, folders = content["watched"]["files"], content["watched"]["folders"]
    return Noted(Watched(_texts(files), _texts(folders)), _text(content["state"]))


def _texts(content: Any) -> tuple[str, ...]:
    if not isinstance(content, list) or not all(isinstance(each, str) for each in content):
        raise TypeError
    return tuple(content)


def _text(content: Any) -> str:
    if not isinstance(content, str):
        raise TypeError
    return content

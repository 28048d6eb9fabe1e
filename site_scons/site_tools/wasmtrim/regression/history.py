"""The sizes of earlier builds: a JSON object a line, in a file that only ever grows.

A line says all that it needs, so two branches' files merge by keeping the lines of both
(`merge=union` in .gitattributes), in any order.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from wasmtrim import atomic, git
from wasmtrim.errors import UsageError
from wasmtrim.regression.record import Release

FILE: Final = Path("config", "history.jsonl")


@dataclass(frozen=True)
class Entry:
    """One profile as one commit built it. `date` is the commit's, in ISO 8601 with its zone."""

    date: str
    commit: str
    profile: str
    compiler: str
    raw: int
    gzip: int
    brotli: int
    fuel: int | None
    sha256: str
    note: str = ""

    @property
    def when(self) -> datetime:
        """The commit's time."""
        return datetime.fromisoformat(self.date)


def read(file: Path) -> list[Entry]:
    """Read a history, oldest first, each entry once. Raises UsageError with the bad line."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    found: dict[Entry, None] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            found[_entry(json.loads(line))] = None
        except (TypeError, ValueError, RecursionError) as error:
            raise UsageError(
                f"{file}:{number}: not an entry of a history: {error}; remove the line"
            ) from None
    return sorted(found, key=lambda entry: (entry.when, entry.profile, entry.commit))


def add(file: Path, entries: Iterable[Entry]) -> list[Entry]:
    """Append those that aren't there yet, and give them."""
    known = set(read(file))
    fresh = [entry for entry in entries if entry not in known]
    if fresh:
        before = file.read_text(encoding="utf-8") if file.exists() else ""
        if before and not before.endswith("\n"):
            before += "\n"
        atomic.write_text(file, before + "".join(f"{_line(entry)}\n" for entry in fresh))
    return fresh


def of_release(release: Release, commit: str, date: str, note: str) -> Entry:
    """Make the entry of a build."""
    size = release.shipped.size
    used = release.compiler
    return Entry(
        date=date,
        commit=commit,
        profile=release.profile,
        compiler=f"{used.name} {used.version}" if used else "ready module",
        raw=size.raw,
        gzip=size.gzip,
        brotli=size.brotli,
        fuel=release.shipped.fuel,
        sha256=size.sha256,
        note=note,
    )


def head(root: Path) -> tuple[str, str]:
    """Give the commit that is checked out in `root`, and its date."""
    ended = git.run(root, "log", "-1", "--no-show-signature", "--format=%H %cI")
    words = ended.stdout.decode(errors="replace").split()
    if ended.status != 0 or len(words) != 2:
        raise UsageError(f"{root}: no commit to name in the history: {ended.said}")
    return words[0], words[1]


def of_profile(entries: Sequence[Entry], profile: str, compiler: str) -> list[Entry]:
    """Those that can be compared: of one profile and one compiler, whatever its version."""
    name = compiler.split()[0]
    return [e for e in entries if e.profile == profile and e.compiler.split()[0] == name]


def _entry(content: Any) -> Entry:
    entry = Entry(**content)
    for field in ("raw", "gzip", "brotli"):
        if type(getattr(entry, field)) is not int:
            raise ValueError(f"{field} is no whole number")
    for field in ("date", "commit", "profile", "compiler", "sha256", "note"):
        if type(getattr(entry, field)) is not str:
            raise ValueError(f"{field} is no text")
    if entry.when.tzinfo is None or not entry.compiler:
        raise ValueError("the date has no zone" if entry.compiler else "no compiler")
    return entry


def _line(entry: Entry) -> str:
    return json.dumps(asdict(entry), ensure_ascii=False)

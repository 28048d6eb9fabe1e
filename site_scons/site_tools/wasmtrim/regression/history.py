"""The sizes of earlier builds: a JSON object a line, in a file that only ever grows.

A line says all that it needs, so two branches' files merge by keeping the lines of both
(`merge=union` in .gitattributes), in any order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from wasmtrim import atomic, git, provenance, reading, records
from wasmtrim.errors import UsageError
from wasmtrim.provenance import Recorded
from wasmtrim.records import Entry, Release
from wasmtrim.records.codec import MOST_BYTES

FILE: Final = Path("config", "history.jsonl")


def read(file: Path) -> list[Entry]:
    """Read a history, oldest first, each entry once. Raises UsageError with the bad line."""
    if not file.exists():
        return []
    lines = reading.whole(file, "a history", MOST_BYTES).splitlines()
    found = {
        records.HISTORY.parse(line, f"{file}:{number}"): None
        for number, line in enumerate(lines, 1)
        if line.strip()
    }
    return sorted(found, key=lambda entry: (entry.when, entry.profile, entry.commit))


def add(file: Path, entries: Iterable[Entry]) -> list[Entry]:
    """Append those that aren't there yet, and give them: a build again only with a new note."""
    known = set(read(file))
    known |= {replace(entry, note="") for entry in known}
    fresh = [entry for entry in entries if entry not in known]
    if fresh:
        before = file.read_bytes() if file.exists() else b""
        if before and not before.endswith(b"\n"):
            before += b"\n"
        atomic.write_bytes(file, before + "".join(map(records.HISTORY.text, fresh)).encode())
    return fresh


def of_release(release: Release, made: Recorded, date: str, note: str) -> Entry:
    """Make the entry of a build, which was `made` of a commit of that date.

    Raises UsageError where the provenance is of another build.
    """
    name = f"{release.profile}.wasm"
    if made.modules.get(name) != release.shipped.sha256:
        raise UsageError(
            f"dist/{provenance.FILE} tells of another {name} than"
            f" dist/{release.profile}.sizes.json: its last release failed, or was of other"
            " profiles; add it when `scons release` passes"
        )
    size = release.shipped.size
    return Entry(
        date=date,
        commit=made.commit,
        profile=release.profile,
        compiler=release.compiled_by,
        raw=size.raw,
        gzip=size.gzip,
        brotli=size.brotli,
        fuel=release.shipped.fuel,
        sha256=size.sha256,
        note=note,
        dirty=made.dirty,
    )


def date_of(root: Path, commit: str) -> str:
    """Return the date of a commit of the repository in `root`, in ISO 8601 with its zone."""
    argv = ("log", "-1", "--no-show-signature", "--format=%cI", commit, "--")
    ended = git.run(root, *argv)
    if ended.status != 0:
        raise UsageError(f"{root}: commit {commit}, which was built, is not here: {ended.said}")
    return ended.stdout.decode(errors="replace").strip()


def of_profile(entries: Sequence[Entry], profile: str, compiler: str) -> list[Entry]:
    """Those that can be compared: of one profile and one compiler, whatever its version."""
    name = compiler.split()[0]
    return [e for e in entries if e.profile == profile and e.compiler.split()[0] == name]

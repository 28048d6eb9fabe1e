"""All that was fetched, in one file: how the toolchain reaches a machine without a network.

A .tar of the packed files as they came, each under its entry's name; its hash is checked again
on the way in.
"""

from __future__ import annotations

import shutil
import tarfile
from collections.abc import Sequence
from pathlib import Path

from wasmtrim import atomic
from wasmtrim.errors import ToolError, UsageError
from wasmtrim.toolchain.pins import Archive, Npm, Toolchain
from wasmtrim.toolchain.store import PACKED, Store


def fetched(toolchain: Toolchain) -> list[Npm | Archive]:
    """Return what the toolchain brings over the network on this platform, each once."""
    sources: dict[Npm | Archive, None] = {}
    for pin in toolchain.pins.values():
        for source in pin.sources:
            if isinstance(source, Npm) or (isinstance(source, Archive) and source.address):
                sources[source] = None
    return list(sources)


def export(store: Store, sources: Sequence[Npm | Archive], file: Path) -> list[str]:
    """Write those of the sources that are in the cache to the file; give their entries' names.

    Raises UsageError when none is there, or when the file can't be written.
    """
    entries = [entry for entry in map(store.entry, sources) if (entry / PACKED).is_file()]
    if not entries:
        raise UsageError(f"{store.folder}: nothing was fetched yet; run `wasmtrim doctor` first")
    try:
        with atomic.replacing(file) as fresh, tarfile.open(fresh, "w") as bundle:
            for entry in entries:
                bundle.add(entry / PACKED, arcname=entry.name, filter=_anonymous)
    except OSError as error:
        raise UsageError(f"{file}: cannot be written: {error.strerror}") from None
    return [entry.name for entry in entries]


def take(store: Store, sources: Sequence[Npm | Archive], file: Path) -> list[str]:
    """Put what the file has of the sources into the cache; give the names of their entries.

    Raises UsageError when the file is no bundle or has nothing that is pinned here, and Refused
    when something in it has another hash than the pinned one.
    """
    wanted = {store.entry(source).name: source for source in sources}
    taken: list[str] = []
    try:
        with tarfile.open(file, "r:") as bundle:
            for member in bundle:
                source = wanted.get(member.name)
                content = bundle.extractfile(member) if source and member.isreg() else None
                if source is None or content is None:
                    continue
                with store.alone(source) as part:
                    if not store.entry(source).is_dir():
                        with part.open("wb") as packed:
                            shutil.copyfileobj(content, packed, 1 << 20)
                        store.put(source, part)
                taken.append(member.name)
    except tarfile.TarError as error:
        raise UsageError(f"{file}: is not a file of `wasmtrim toolchain export`: {error}") from None
    except OSError as error:
        raise UsageError(f"{error.filename or file}: {error.strerror or error}") from None
    if not taken:
        raise UsageError(
            f"{file}: has nothing that is pinned here for this platform; wanted:"
            f" {', '.join(wanted) or 'nothing'}"
        )
    return taken


def remove(store: Store, names: Sequence[str]) -> None:
    """Remove entries by their names. Raises UsageError for a name that is none, before any."""
    for name in names:
        if name not in entries(store):
            there = ", ".join(entries(store)) or "it is empty"
            raise UsageError(f"{name}: not in the cache {store.folder}; there: {there}")
    for name in names:
        gone = store.folder / f".{name}.removed"
        try:
            (store.folder / name).rename(gone)  # at once, so that none is ever half there
            shutil.rmtree(gone)
        except OSError as error:
            raise ToolError(f"{store.folder / name}: cannot be removed: {error}") from None


def entries(store: Store) -> list[str]:
    """Return the names of the entries in the cache, of other pins and projects too, sorted."""
    if not store.folder.is_dir():
        return []
    return sorted(
        path.name
        for path in store.folder.iterdir()
        if path.is_dir() and not path.name.startswith(".")
    )


def size(store: Store, name: str) -> int:
    """Count the bytes of an entry's files, packed and unpacked."""
    files = (path for path in (store.folder / name).rglob("*") if not path.is_symlink())
    return sum(path.stat().st_size for path in files if path.is_file())


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o644
    return member

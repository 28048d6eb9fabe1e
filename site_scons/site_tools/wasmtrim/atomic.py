"""Write beside, then rename: a file under its final name is always whole."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_MARK = ".part-"  # in the name of what is temporary: `.NAME.part-RANDOM`


@contextmanager
def folder(parent: Path, name: str) -> Iterator[Path]:
    """Yield a fresh folder in `parent`, named after `name`; it goes with the block.

    What killed runs left under that name goes first. A folder is locked while it is in use, and
    the system takes the lock from a process that ends, however it ends.
    """
    parent.mkdir(parents=True, exist_ok=True)
    prefix = f".{name}{_MARK}"
    for entry in os.scandir(parent):
        if entry.name.startswith(prefix):
            _clear(entry.path)
    fresh, lock = _locked_folder(parent, prefix)
    try:
        yield Path(fresh)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
        os.close(lock)


def clear(folder: Path) -> None:
    """Remove what killed runs left in a folder and below it."""
    for root, names, _ in os.walk(folder):
        for name in names:
            if name.startswith(".") and _MARK in name:
                _clear(f"{root}{os.sep}{name}")


def _clear(folder: str) -> None:
    """Remove a folder that nobody uses."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return
    try:
        _lock(descriptor)
        shutil.rmtree(folder, ignore_errors=True)
    except OSError:
        pass  # it is in use; or this file system has no locks, and nobody can tell
    finally:
        os.close(descriptor)


def _locked_folder(parent: Path, prefix: str) -> tuple[str, int]:
    """Make a folder; give its path and the descriptor that holds its lock."""
    while True:
        fresh = tempfile.mkdtemp(prefix=prefix, dir=parent)
        try:
            descriptor = os.open(fresh, os.O_RDONLY | os.O_DIRECTORY)
        except FileNotFoundError:
            continue  # another thread or run took it for a left one, as below
        with contextlib.suppress(OSError):
            _lock(descriptor, wait=True)
        if Path(fresh).exists():
            return fresh, descriptor
        os.close(descriptor)


def _lock(descriptor: int, *, wait: bool = False) -> None:
    import fcntl  # not on Windows, which is refused in words of our own

    fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a fresh path beside `path`; when the block ends well, it becomes `path`.

    The block must create the file. On any exception, or when it did not create one, nothing is
    left beside and what stood under `path` before still stands there.
    """
    try:
        with folder(path.parent, path.name) as beside:
            fresh = beside / path.name
            yield fresh
            fresh.replace(path)
    except OSError as error:
        if error.filename is None or _MARK in str(error.filename):  # of a write, or beside
            error.filename = str(path)
        raise


def write_bytes(path: Path, data: bytes) -> None:
    """Write `data` under `path`, on the disk before it is under that name."""
    with replacing(path) as fresh, fresh.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def write_scratch(path: Path, data: bytes) -> None:
    """Write `data` into a temporary folder that no other process looks into before it is written.

    As it need not outlive that folder, it is neither written beside nor waited for on the disk.
    """
    path.write_bytes(data)


def write_text(path: Path, text: str) -> None:
    """Write `text` under `path` as UTF-8."""
    write_bytes(path, text.encode())

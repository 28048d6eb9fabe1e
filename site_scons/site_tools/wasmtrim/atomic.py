"""Write beside, then rename: a file under its final name is always whole."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def folder(parent: Path, prefix: str) -> Iterator[Path]:
    """Give a fresh folder in `parent` whose name begins with `prefix`; it goes with the block.

    What killed runs left under that prefix goes first. A folder is locked while it is in use, and
    the system takes the lock from a process that ends, however it ends.
    """
    parent.mkdir(parents=True, exist_ok=True)
    for entry in os.scandir(parent):
        if entry.name.startswith(prefix) and (lock := _lock(entry.path)) is not None:
            shutil.rmtree(entry.path, ignore_errors=True)
            os.close(lock)
    fresh = tempfile.mkdtemp(prefix=prefix, dir=parent)
    lock = _lock(fresh)
    try:
        yield Path(fresh)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
        if lock is not None:
            os.close(lock)


def _lock(folder: str) -> int | None:
    """Lock a folder until the descriptor is closed; None where it is locked, or cannot be."""
    import fcntl  # not on Windows, which is refused in words of our own

    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a fresh path beside `path`; when the block ends well, it becomes `path`.

    The block must create the file. On any exception, or when it did not create one, nothing is
    left beside and what stood under `path` before still stands there.
    """
    with folder(path.parent, f".{path.name}.part-") as beside:
        fresh = beside / path.name
        yield fresh
        fresh.replace(path)


def write_bytes(path: Path, data: bytes) -> None:
    """Write `data` under `path`, on the disk before it is under that name."""
    with replacing(path) as fresh, fresh.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def write_text(path: Path, text: str) -> None:
    """Write `text` under `path` as UTF-8."""
    write_bytes(path, text.encode())

"""Reads a file that others may have put there: a regular file, and only as much as is allowed."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

from wasmtrim.errors import UsageError

_KINDS: Final = (
    (stat.S_ISDIR, "folder"),
    (stat.S_ISFIFO, "FIFO"),
    (stat.S_ISSOCK, "socket"),
    (stat.S_ISCHR, "device"),
    (stat.S_ISBLK, "device"),
)


def other_kind(mode: int) -> str | None:
    """What a file of this mode is, where it is not a regular one: `folder`, `FIFO`."""
    return next((name for has, name in _KINDS if has(mode)), None)


def whole(path: Path, what: str, most: int) -> bytes:
    """Read a file of at most `most` bytes, which is the most that `what` ("a module") may have.

    Raises UsageError where it is larger, isn't a file, or can't be read. A sparse file costs
    nothing, and a FIFO is not waited for.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except FileNotFoundError:
        raise UsageError(f"{path}: no such file") from None
    except OSError as error:
        raise UsageError(f"{path}: it cannot be read: {error.strerror}") from None
    try:
        found = os.fstat(descriptor)
        if kind := other_kind(found.st_mode):
            raise UsageError(f"{path}: it is a {kind}; name a file in its place")
        size, data = found.st_size, b""
        if size <= most:
            with open(descriptor, "rb", closefd=False) as file:
                data = file.read(most + 1)
            size = len(data)
        if size > most:
            raise UsageError(f"{path}: it has {size:,} bytes; {what} may have {most:,} at most")
    finally:
        os.close(descriptor)
    return data


def is_within(path: Path, root: Path) -> bool:
    """Whether `path` lies in the project `root` once its symbolic links are followed."""
    try:
        return path.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError):  # a loop of links
        return False

"""Compiled modules in the user's cache: read only where we wrote them.

A compiled module is machine code. So a file counts only if it is a regular one of this user's that
nobody else may write, in such a folder, and if its bytes are those that its name tells.
"""

from __future__ import annotations

import hashlib
import os
import platform
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from wasmtrim import atomic

FOLDER: Final = "compiled"
_WRITABLE_BY_OTHERS: Final = stat.S_IWGRP | stat.S_IWOTH


def key(module: bytes, version: str, settings: str) -> str:
    """What a compiled module follows from: the module, wasmtime, its settings, and the CPU."""
    parts = (hashlib.sha256(module).hexdigest(), version, settings, _cpu())
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def _cpu() -> str:
    """The kind of CPU, with all that it can do."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    flags = next((line for line in lines if line.startswith(("flags", "Features"))), "")
    return f"{platform.system()} {platform.machine()} {' '.join(sorted(flags.split()))}"


def find(folder: Path, key: str) -> Path | None:
    """The file of that key, if it is one that we wrote; any other under its name goes."""
    if not folder.is_dir() or not _is_ours(folder.stat(), stat.S_ISDIR):
        return None
    for file in _named(folder, key):
        if _is_whole(file):
            return file
        file.unlink(missing_ok=True)
    return None


def write(folder: Path, key: str, data: bytes | bytearray) -> Path:
    """Write a compiled module; gives its file. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not _is_ours(folder.stat(), stat.S_ISDIR):
        raise PermissionError(None, "others may write in it", str(folder))
    file = folder / f"{key}-{hashlib.sha256(data).hexdigest()}.cwasm"
    with atomic.replacing(file) as fresh, open(fresh, "xb", opener=_private) as opened:
        opened.write(data)
    return file


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, mode=0o600)


def _named(folder: Path, key: str) -> Iterator[Path]:
    yield from sorted(folder.glob(f"{key}-*.cwasm"))


def _is_whole(file: Path) -> bool:
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        return False
    with open(descriptor, "rb") as opened:  # noqa: PTH123 - a descriptor
        if not _is_ours(os.fstat(descriptor), stat.S_ISREG):
            return False
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    return file.stem.partition("-")[2] == digest


def _is_ours(status: os.stat_result, is_kind: object) -> bool:
    assert callable(is_kind)
    return (
        bool(is_kind(status.st_mode))
        and status.st_uid == os.geteuid()
        and not status.st_mode & _WRITABLE_BY_OTHERS
    )

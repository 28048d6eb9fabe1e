"""The files that a profile names for its smoke run: read within bounds, each of them a file."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from wasmtrim import reading
from wasmtrim.errors import UsageError

MOST_BYTES = 64 << 20


def data(root: Path, named: PurePosixPath, key: str) -> bytes:
    """Read a file that the profile names under a key. Raises UsageError where it can't be."""
    try:
        return reading.whole(root / named, "a file of a smoke run", MOST_BYTES)
    except UsageError as error:
        raise UsageError(f"{error}; {key} names it") from None


def path(root: Path, named: PurePosixPath, key: str) -> Path:
    """Where it lies, for who reads it later; raises what `data` raises."""
    data(root, named, key)
    return root / named

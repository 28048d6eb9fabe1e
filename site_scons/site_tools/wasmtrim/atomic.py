"""Write beside, then rename: a file under its final name is always whole."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a fresh path beside `path`; when the block ends well, it becomes `path`.

    The block must create the file. On any exception, or when it did not create one, nothing is
    left beside and what stood under `path` before still stands there.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    try:
        fresh = beside / path.name
        yield fresh
        fresh.replace(path)
    finally:
        for left in beside.iterdir():
            left.unlink()
        beside.rmdir()


def write_bytes(path: Path, data: bytes) -> None:
    """Write `data` under `path`, on the disk before it is under that name."""
    with replacing(path) as fresh, fresh.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def write_text(path: Path, text: str) -> None:
    """Write `text` under `path` as UTF-8."""
    write_bytes(path, text.encode())

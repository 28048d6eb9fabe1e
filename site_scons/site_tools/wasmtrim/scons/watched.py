"""Files and folders whose state is compared without reading a file."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Watched:
    """`files` by their absolute path, there or not; `folders` of which the names in them count."""

    files: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()

    def state(self) -> str:
        """Condense what the system says of them: another state is another digest.

        The time of change is the system's own: who writes a file cannot set it back.
        """
        digest = hashlib.sha256()
        for file in self.files:
            if (found := _status(file)) is None:
                digest.update(b"-")
                continue
            noted = found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino, found.st_dev
            digest.update(repr(noted).encode())
        for folder in self.folders:
            try:
                names = sorted(entry.name for entry in os.scandir(folder))
            except OSError:
                names = []
            digest.update(repr(names).encode(errors="surrogateescape"))
        return digest.hexdigest()

    def changed_since(self, moment: int) -> bool:
        """Return whether a file changed at that time or later, in ns of the file system's clock."""
        found = (_status(file) for file in self.files)
        return any(max(each.st_ctime_ns, each.st_mtime_ns) >= moment for each in found if each)


def of(files: Iterable[str], folders: Iterable[str] = ()) -> Watched:
    """Watch these, each once."""
    return Watched(tuple(sorted(set(files))), tuple(sorted(set(folders))))


def _status(file: str) -> os.stat_result | None:
    try:
        return os.stat(file)  # noqa: PTH116 - of 20,000 files, a Path each would double the time
    except OSError:
        return None

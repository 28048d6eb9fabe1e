"""SCons's database of what is up to date, for a disk that is full or may not be written.

SCons's own ends in a traceback there. What was built stands all the same, and is only built again.
"""

from __future__ import annotations

import sys
from typing import Any

from SCons import SConsign, dblite

from wasmtrim.scons.build import words_of


def take_over() -> None:
    """Use this module as the database, unless the user's SConstruct chose one."""
    if SConsign.DB_Module is dblite:
        SConsign.DB_Module = sys.modules[__name__]


def open(path: str, flag: str = "r", mode: int = 0o666) -> _Database:  # noqa: A001 - SCons's name
    """Open the database, as SCons.dblite does (called by SCons)."""
    return _Database(path, flag, mode)


class _Database:
    def __init__(self, path: str, flag: str, mode: int) -> None:
        self._db: Any = dblite.open(path, flag, mode)

    def __getitem__(self, key: str) -> bytes:
        value: bytes = self._db[key]
        return value

    def __setitem__(self, key: str, value: bytes) -> None:
        self._db[key] = value

    def sync(self) -> None:
        try:
            self._db.sync()
        except OSError as error:
            self._db.close = lambda: None  # else it tries once more when it is thrown away
            print(
                f"scons: the record of what is up to date was not written: {words_of(error)}",
                file=sys.stderr,
            )

    def close(self) -> None:
        self._db.close()

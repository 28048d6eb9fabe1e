"""What makes a node out of date beside its sources: its spec, the program, our own code.

SCons compares a function action by its own body only, and a program by its path only. So each
node carries its spec, and the digest of the spec's signature is part of the action's.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

# A variable that SCons expands when it computes an action's signature.
VARIABLE = "_WASMTRIM_SIGNATURE"
_PACKAGE = Path(__file__).parents[1]


def expand(target: Any, source: Any, env: Any, for_signature: bool) -> str:  # noqa: ARG001
    """Return the signature of the spec that a target carries (called by SCons)."""
    return str(target[0].attributes.wasmtrim.digest)


def digest(*parts: object) -> str:
    """Condense values with a telling repr: hexadecimal, so that SCons finds no `$` in it."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()


class Code:
    """A part of our own source: files and folders, by their paths in the package.

    A change of it rebuilds. Named by path, since importing it would take longer than reading it.
    Raises FileNotFoundError where there is no such file: at import, for a constant of a module.
    """

    def __init__(self, *names: str) -> None:
        self.names = names
        for path in self._paths():
            path.stat()

    def digest(self) -> str:
        """Condense it."""
        return digest(*map(_source, self._paths()))

    def _paths(self) -> list[Path]:
        return [_PACKAGE / name for name in self.names]


@cache
def _source(path: Path) -> str:
    files = sorted(path.rglob("*.py")) if path.is_dir() else [path]
    return digest(*(file.read_bytes() for file in files))

"""What makes a node out of date beside its sources: the request, the program, our own code.

SCons compares a function action by its own body only, and a program by its path only. So each
node carries its request, and the request's digest is part of the action's signature.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

# A variable that SCons expands when it computes an action's signature.
VARIABLE = "_WASMTRIM_SIGNATURE"


def expand(target: Any, source: Any, env: Any, for_signature: bool) -> str:  # noqa: ARG001
    """Give the signature of the request that a target carries (called by SCons)."""
    return str(digest(target[0].attributes.wasmtrim.signature()))


def digest(*parts: object) -> str:
    """Condense values with a telling repr: hexadecimal, so that SCons finds no `$` in it."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def code(*names: str) -> str:
    """Condense our own source, a file or a folder with all in it: a change rebuilds.

    Named by its path in the package, since importing it would take longer than reading it.
    """
    return digest(*map(_source, names))


@cache
def _source(name: str) -> str:
    place = Path(__file__).parents[1] / name
    files = [place] if place.suffix else sorted(place.rglob("*.py"))
    return digest(*(file.read_bytes() for file in files))

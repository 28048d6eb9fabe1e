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


def code(*modules: Any) -> str:
    """Condense the source of modules, of a package with all in it: a change rebuilds."""
    return digest(*(_source(module.__file__) for module in modules))


def folders(*names: str) -> str:
    """Condense the source of packages of ours, by their folders: nothing of them is imported."""
    root = Path(__file__).parents[1]
    return digest(*(_source(str(root / name / "__init__.py")) for name in names))


@cache
def _source(name: str) -> str:
    file = Path(name)
    files = sorted(file.parent.glob("*.py")) if file.name == "__init__.py" else [file]
    return digest(*(each.read_bytes() for each in files))

"""Starts the scripts that handle untrusted data in a process of their own, a JSON request each."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from wasmtrim import process
from wasmtrim.errors import ToolError
from wasmtrim.process import Finished

# Threads cost address space, and glibc would give each an arena of 64 MiB of it.
_ENV = {"RAYON_NUM_THREADS": "4", "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}


def ask(script: str, request: dict[str, Any], seconds: float) -> Finished | None:
    """Run a script of this folder on `request`; None when it did not end within `seconds`.

    The child has our search path for packages, no environment, and no session with us. Raises
    ToolError when it cannot be started or lacks a package.
    """
    argv = [sys.executable, "-I", "-S", "-B", str(Path(__file__).with_name(script))]
    paths = [str(Path(entry).absolute()) for entry in sys.path if entry]
    data = json.dumps({"sys_path": paths, **request}).encode()
    finished = run(argv, seconds, env=_ENV, stdin=data)
    if finished and "ModuleNotFoundError" in finished.said:
        last = finished.said.splitlines()[-1]
        raise ToolError(f"{sys.executable}: {last}; install wasmtrim with what it depends on")
    return finished


def run(
    argv: Sequence[str], seconds: float, *, env: Mapping[str, str] | None = None, stdin: bytes = b""
) -> Finished | None:
    """Run a program on something untrusted: no end is no failure of the program, but a finding."""
    try:
        return process.run(argv, timeout=seconds, env=env, stdin=stdin)
    except process.NoEnd:
        return None

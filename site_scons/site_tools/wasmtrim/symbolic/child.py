"""The child process: what was proven as JSON on stdout."""

from __future__ import annotations

import resource
import sys
from typing import Any

MEMORY_BYTES = 3 << 30


def prepare() -> None:
    """Import what every task needs; it starts no thread."""
    from wasmtrim.engine import rlimits  # noqa: F401
    from wasmtrim.symbolic import comparison, modules  # noqa: F401


def main(task: dict[str, Any]) -> None:
    """Prove the functions of the module `task["after"]` equal to those of `task["before"]`."""
    from wasmtrim.engine.rlimits import lower

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":  # macOS takes the limit and does not hold it
        lower(resource.RLIMIT_DATA, MEMORY_BYTES)
    from pathlib import Path

    from wasmtrim import records
    from wasmtrim.errors import ModuleError
    from wasmtrim.symbolic.modules import prove

    try:
        before, after = (Path(task[side]).read_bytes() for side in ("before", "after"))
        record = prove(before, after, task["seconds"])
    except ModuleError as error:
        raise SystemExit(str(error)) from None
    print(records.PROOF.text(record), end="")

"""Git, asked the same way everywhere: no hook and no monitor of the user's runs with it."""

from __future__ import annotations

import os
from pathlib import Path

from wasmtrim import process

SECONDS = 60.0
_PLAIN = ("-c", f"core.hooksPath={os.devnull}", "-c", "core.fsmonitor=false")


def run(folder: Path, *words: str, timeout: float = SECONDS) -> process.Finished:
    """Run git in `folder`; how it ended is the caller's to judge.

    `timeout` is in seconds. Raises ToolError when there is no git, or no end.
    """
    return process.run(("git", *_PLAIN, *words), timeout=timeout, cwd=folder)

"""Git, asked the same way everywhere: no hook and no monitor of the user's runs with it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from wasmtrim import process
from wasmtrim.errors import ToolError

SECONDS = 60.0
_PLAIN = ("-c", f"core.hooksPath={os.devnull}", "-c", "core.fsmonitor=false")


@dataclass(frozen=True)
class Sources:
    """The state of the sources. `commit` is None outside git; `dirty`: the tree differs from it."""

    commit: str | None
    dirty: bool = False


def run(folder: Path, *words: str, timeout: float = SECONDS) -> process.Finished:
    """Run git in `folder`; how it ended is the caller's to judge.

    `timeout` is in seconds. Raises ToolError when there is no git, or no end.
    """
    return process.run(("git", *_PLAIN, *words), timeout=timeout, cwd=folder)


def sources(root: Path) -> Sources:
    """Ask git for the commit of the project in `root`, and whether a tracked file differs."""
    try:
        head = run(root, "rev-parse", "--verify", "--quiet", "HEAD")
        if head.status != 0:
            return Sources(None)
        changed = run(root, "status", "--porcelain", "--untracked-files=no", "--", ".")
    except ToolError:  # no git here
        return Sources(None)
    return Sources(head.stdout.decode().strip(), dirty=bool(changed.stdout.strip()))

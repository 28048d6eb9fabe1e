"""The Go workspace that a program is built in: a committed `go.work` upwards within the project."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from wasmtrim import git
from wasmtrim.errors import ToolError

FILE = "go.work"


@dataclass(frozen=True)
class Workspace:
    """The go.work that is used, if any; `note` tells the reader of one that is not."""

    file: Path | None = None
    note: str = ""


def find(folder: Path, root: Path) -> Workspace:
    """Look in `folder`, then upwards to the project's `root`; the first go.work counts, as for go.

    In a git repository it must be committed: a clone would else build another module.
    """
    if not folder.is_relative_to(root):
        return Workspace()
    within = [folder, *(parent for parent in folder.parents if parent.is_relative_to(root))]
    file = next((place / FILE for place in within if (place / FILE).is_file()), None)
    if file is None:
        return Workspace()
    if not _is_committed(file):
        shown = file.relative_to(root)
        return Workspace(note=f"{shown} is not committed, so it is not used")
    return Workspace(file)


def _is_committed(file: Path) -> bool:
    try:
        ended = git.run(file.parent, "ls-files", "--error-unmatch", "--", file.name)
    except ToolError:  # no git here
        return True
    return ended.status != 1  # 128: no repository

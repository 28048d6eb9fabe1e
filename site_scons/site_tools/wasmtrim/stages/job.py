"""What a stage asks for: a program's arguments, or that the module be handed on as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

# The names by which argv speaks of the stage's files; the executor gives them their folder.
IN = "in.wasm"
OUT = "out.wasm"


@dataclass(frozen=True)
class Job:
    """Arguments for the stage's program, and further files (name to text) that it reads."""

    arguments: tuple[str, ...]
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class HandOn:
    """There is nothing to do: the module goes on unchanged, for the reason given."""

    reason: str

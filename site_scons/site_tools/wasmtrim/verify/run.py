"""How a run of a module ended, and its record, `run.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Literal, TypeAlias

from wasmtrim import atomic
from wasmtrim.errors import DamagedRecord
from wasmtrim.nn.settings import Dispatch

Kind = Literal[
    "exit",
    "trap",
    "stack",
    "interface",
    "fuel",
    "memory",
    "output",
    "time",
    "blocked",
    "compile",
    "instance",
    "missing",
    "crash",
]

Value: TypeAlias = tuple[str, int | float | str]
"""A value that a function returned: its type, and itself; references as their text."""


@dataclass(frozen=True)
class Step:
    """What a step returned; the length of the memory that it is judged by, and its first bytes."""

    returns: tuple[Value, ...]
    length: int | None = None
    memory: bytes = b""

    @property
    def shown(self) -> list[int | float | str]:
        """What it returned, without the types."""
        return [value for _, value in self.returns]


@dataclass(frozen=True)
class Run:
    """How a run ended. Figures are None where the module did not come so far.

    `fuel` is in instructions; `memory` and `elements` are what all memories, in bytes, and all
    tables came to, which a component tells nobody. `said` is the beginning of stderr, in one line
    and without control characters. Stdout itself lies in a file.
    """

    kind: Kind
    detail: str
    exit: int | None
    fuel: int | None
    memory: int | None
    elements: int | None
    steps: tuple[Step, ...] | None
    stdout_bytes: int
    stdout_sha256: str
    said: str
    nn: Dispatch | None

    @property
    def ended(self) -> str:
        """How it ended, in one line; text that comes from the module is printable."""
        if self.kind == "exit" and self.exit == 0:
            return "exit status 0"
        line = f"exit status {self.exit}" if self.kind == "exit" else ""
        said = f"its stderr: {self.said}" if self.said else ""
        return "; ".join(part for part in (line, self.detail, said) if part)

    def write(self, folder: Path) -> None:
        """Write it as `run.json`, beside the files `stdout` and `stderr`."""
        text = json.dumps(asdict(self), indent=2, default=bytes.hex)
        atomic.write_text(folder / "run.json", text + "\n")

    @classmethod
    def read(cls, folder: Path) -> Run:
        """Read what `write` wrote; raises DamagedRecord where it is something else."""
        path = folder / "run.json"
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            content["steps"] = steps_of(content["steps"])
            content["nn"] = dispatch_of(content["nn"])
            return cls(**{field.name: content[field.name] for field in fields(cls)})
        except (ValueError, KeyError, TypeError):
            raise DamagedRecord(f"{path}: not the record of a run; remove it", path) from None


def dispatch_of(found: dict[str, Any] | None) -> Dispatch | None:
    """Read what ran the models, as JSON has it."""
    return None if found is None else Dispatch.of(found)


def steps_of(found: Sequence[Mapping[str, Any]] | None) -> tuple[Step, ...] | None:
    """Read what the steps returned, as JSON has it."""
    if found is None:
        return None
    return tuple(
        Step(
            tuple((kind, value) for kind, value in step["returns"]),
            step["length"],
            bytes.fromhex(step["memory"]),
        )
        for step in found
    )

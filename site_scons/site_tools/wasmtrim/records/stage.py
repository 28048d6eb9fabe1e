"""What lies beside a module: what it weighs, what made it, and what its run cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from wasmtrim.records import layout
from wasmtrim.records.codec import AGAIN, Codec
from wasmtrim.records.fields import Bytes, Seconds, Sha256

READY = "module"  # in place of a stage's name, for a module that no stage made


@dataclass(frozen=True)
class FileSize:
    """What one file weighs, in bytes: as it is, under gzip and under brotli.

    `brotli_exact`: by the quality that `compressors` names; else estimated from a lower one.
    """

    raw: Bytes
    gzip: Bytes
    brotli: Bytes
    sha256: Sha256
    brotli_exact: bool = True


@dataclass(frozen=True)
class RunFuel:
    """The instructions of the case of a smoke run that takes most; None where no case tells."""

    fuel: int | None


@dataclass(frozen=True)
class ToolUsed:
    """The program of a stage. `pinned`: a hash says that it is what the toolchain file names."""

    name: str
    version: str
    pinned: bool


@dataclass(frozen=True)
class StageRecord:
    """What a stage did: the program, its argv, its wall time in seconds, and notes to the reader.

    `argv` names the files as the stage sees them (`in.wasm`, `out.wasm`), so that it is the same
    on every machine. `linked` is the size of the module before the compiler's own optimizer
    ran, where the compiler shows it. `groups` says of a compiled program's packages, but for Go's
    own, by import path, whether they are OWN or THIRD_PARTY. `env` is what the profile and the
    project add to the program's environment, which is otherwise the same everywhere. `undone`: it
    made the module bigger, so the one before goes on.
    """

    name: str
    tool: ToolUsed
    argv: tuple[str, ...]
    seconds: Seconds
    notes: tuple[str, ...] = ()
    linked: FileSize | None = None
    groups: Mapping[str, str] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)
    undone: bool = False


def ready(name: str) -> StageRecord:
    """Return the record of a module that no stage made: the chain starts with it."""
    return StageRecord(name, ToolUsed("", "", pinned=True), (), 0.0)


SIZE: Final = Codec(FileSize, "the size of a module", AGAIN)
FUEL: Final = Codec(RunFuel, "the fuel of a smoke run", AGAIN)
STAGE: Final = Codec(StageRecord, "a stage record", AGAIN)
FEATURES: Final = Codec(tuple[str, ...], "a list of features", AGAIN, layout.line)

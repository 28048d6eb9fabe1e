"""The size record: what a module weighs, and what each stage did to it.

Three files hold it: `X.size.json` beside a module (its size), `X.stage.json` beside it (what
made it) and `NAME.sizes.json` (every stage of a release, in the order run).
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from wasmtrim import atomic

SCHEMA = 1
GZIP_LEVEL = 9
BROTLI_QUALITY = 11
READY = "module"  # in place of a stage's name, for a module that no stage made
OWN, THIRD_PARTY = "own", "third party"  # whose a Go package is that isn't Go's
UNKNOWN_PACKAGE = "(unknown)"  # of functions that nobody knows


@dataclass(frozen=True)
class FileSize:
    """What one file weighs, in bytes: as it is, under gzip and under brotli."""

    raw: int
    gzip: int
    brotli: int
    sha256: str


@dataclass(frozen=True)
class Compressed:
    """A file in its compressed forms: those that are weighed."""

    gzip: bytes
    brotli: bytes


@dataclass(frozen=True)
class ToolUsed:
    """The program of a stage. `pinned`: its version is the one that the toolchain file names."""

    name: str
    version: str
    pinned: bool


@dataclass(frozen=True)
class StageRecord:
    """What a stage did: the program, its argv, its wall time in seconds, and notes to the reader.

    `argv` names the files as the stage sees them (`in.wasm`, `out.wasm`), so that it is the same
    on every machine. `linked` is the size of the module before the compiler's own optimizer
    ran, where the compiler shows it. `groups` says of a compiled program's packages, but for Go's
    own, by import path, whether they are OWN or THIRD_PARTY.
    """

    name: str
    tool: ToolUsed
    argv: tuple[str, ...]
    seconds: float
    notes: tuple[str, ...] = ()
    linked: FileSize | None = None
    groups: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class CompilerUsed:
    """The compiler of a release. `fallback`: it stands in for the one that the profile names."""

    name: str
    version: str
    fallback: bool


def ready(name: str) -> StageRecord:
    """Give the record of a module that no stage made: the chain starts with it."""
    return StageRecord(name, ToolUsed("", "", pinned=True), (), 0.0)


def compress(module: bytes) -> Compressed:
    """Compress a file: gzip at level 9 with mtime 0, brotli at quality 11.

    By libraries of our own choice, since the host's zlib gives other bytes on another platform.
    """
    import brotli
    import deflate

    return Compressed(
        gzip=bytes(deflate.gzip_compress(module, GZIP_LEVEL)),
        brotli=brotli.compress(module, quality=BROTLI_QUALITY),
    )


def measure(module: bytes, packed: Compressed | None = None) -> FileSize:
    """Weigh a file; `packed` are its compressed forms, where they are there already."""
    packed = packed or compress(module)
    return FileSize(len(module), len(packed.gzip), len(packed.brotli), sha256(module))


def sha256(data: bytes) -> str:
    """Give the digest that records name a file by."""
    return hashlib.sha256(data).hexdigest()


@cache
def compressors() -> dict[str, str]:
    """Name the libraries and settings that measure: another version may measure otherwise."""
    from importlib.metadata import version

    return {
        "gzip": f"deflate {version('deflate')}, level {GZIP_LEVEL}",
        "brotli": f"brotli {version('brotli')}, quality {BROTLI_QUALITY}",
    }


def release_record(
    profile: str,
    compiler: CompilerUsed | None,
    features: Sequence[str],
    stages: Sequence[tuple[StageRecord, FileSize, int | None]],
    remarks: Sequence[str] = (),
) -> dict[str, Any]:
    """Give the content of `NAME.sizes.json`: each stage with its size and the fuel of its run.

    `compiler` is None where the release started from a ready module. `remarks` come before the
    stages' own notes.
    """
    rows: list[dict[str, Any]] = []
    notes = list(remarks)
    for stage, size, fuel in stages:
        if stage.linked:
            # What the linker made, before the compiler's own optimizer: the same argv made it.
            linked = dataclasses.replace(stage, name="link", seconds=0.0)
            rows.append(_row(linked, stage.linked, None))
        rows.append(_row(stage, size, fuel))
        if not stage.tool.pinned:
            used = f"{stage.tool.name} {stage.tool.version}"
            notes.append(f"{stage.name}: {used} is not the pinned version")
        notes += [f"{stage.name}: {note}" for note in stage.notes]
    return {
        "schema": SCHEMA,
        "profile": profile,
        "compiler": dataclasses.asdict(compiler) if compiler else None,
        "features": list(features),
        "groups": dict(stages[0][0].groups),
        "compressors": compressors(),
        "stages": rows,
        "notes": notes,
    }


def _row(stage: StageRecord, size: FileSize, fuel: int | None) -> dict[str, Any]:
    return {
        "name": stage.name,
        "tool": dataclasses.asdict(stage.tool),
        "argv": list(stage.argv),
        "raw": size.raw,
        "gzip": size.gzip,
        "brotli": size.brotli,
        "fuel": fuel,
        "seconds": stage.seconds,
        "sha256": size.sha256,
    }


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write a record as JSON that is the same for the same content."""
    atomic.write_text(path, json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def read_json(path: Path) -> Any:
    """Read a record that we wrote."""
    return json.loads(path.read_text(encoding="utf-8"))


def read_size(path: Path) -> FileSize:
    """Read the size that lies beside a module."""
    return FileSize(**read_json(path))


def read_stage(path: Path) -> StageRecord:
    """Read the stage record that lies beside a module."""
    content = read_json(path)
    return StageRecord(
        name=content["name"],
        tool=ToolUsed(**content["tool"]),
        argv=tuple(content["argv"]),
        seconds=content["seconds"],
        notes=tuple(content["notes"]),
        linked=FileSize(**content["linked"]) if content["linked"] else None,
        groups=content.get("groups", {}),  # an earlier version noted none
    )

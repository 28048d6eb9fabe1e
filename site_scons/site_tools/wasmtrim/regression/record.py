"""The size record of a release, `NAME.sizes.json`, as it is read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from wasmtrim.errors import UsageError
from wasmtrim.sizes import SCHEMA, CompilerUsed, FileSize, ToolUsed


@dataclass(frozen=True)
class Stage:
    """A stage that ran: its program, what it was called with, and what its module weighs."""

    name: str
    tool: ToolUsed
    argv: tuple[str, ...]
    size: FileSize
    fuel: int | None
    seconds: float


@dataclass(frozen=True)
class Release:
    """The record of one profile. `compiler` is None where it started from a ready module.

    `groups` says whose each package is that isn't Go's own; a baseline says it with its packages.
    """

    profile: str
    compiler: CompilerUsed | None
    features: tuple[str, ...]
    compressors: Mapping[str, str]
    stages: tuple[Stage, ...]
    notes: tuple[str, ...]
    groups: Mapping[str, str] = field(default_factory=dict)

    @property
    def shipped(self) -> Stage:
        """The last stage: its module is the one that ships."""
        return self.stages[-1]


def read(path: Path) -> Release:
    """Read a size record. Raises UsageError when it cannot be read or isn't one."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path}: not a size record: it isn't UTF-8") from None
    return parse(text, str(path))


def parse(text: str, where: str) -> Release:
    """Read the text of a size record; `where` names it in an error (UsageError).

    A baseline is one, too, without what differs from run to run: seconds and notes.
    """
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _refused(where, str(error)) from None
    return of_json(content, where)


def of_json(content: Any, where: str) -> Release:
    """Take the content of a size record; as `parse`."""
    try:
        if not isinstance(content, dict) or content.get("schema") != SCHEMA:
            raise ValueError(f'no "schema": {SCHEMA} in it')
        compiler = content["compiler"]
        stages = tuple(_stage(row) for row in content["stages"])
        if not stages:
            raise ValueError("it has no stages")
        return Release(
            profile=_of(str, content["profile"]),
            compiler=None if compiler is None else _compiler(compiler),
            features=tuple(_of(str, name) for name in content["features"]),
            compressors={name: _of(str, set_) for name, set_ in content["compressors"].items()},
            stages=stages,
            notes=tuple(_of(str, note) for note in content.get("notes", ())),
            groups={path: _of(str, group) for path, group in content.get("groups", {}).items()},
        )
    except KeyError as error:
        problem = f"key {error} is missing"
    except (AttributeError, TypeError, ValueError) as error:
        problem = str(error)
    raise _refused(where, problem)


def _refused(where: str, problem: str) -> UsageError:
    return UsageError(
        f"{where}: not a size record that this version of wasmtrim reads: {problem};"
        " build it anew with `scons release`"
    )


def to_json(release: Release) -> dict[str, Any]:
    """Give the content of `NAME.sizes.json`."""
    return {
        "schema": SCHEMA,
        "profile": release.profile,
        "compiler": asdict(release.compiler) if release.compiler else None,
        "features": list(release.features),
        "groups": dict(release.groups),
        "compressors": dict(release.compressors),
        "stages": [
            {
                "name": stage.name,
                "tool": asdict(stage.tool),
                "argv": list(stage.argv),
                "raw": stage.size.raw,
                "gzip": stage.size.gzip,
                "brotli": stage.size.brotli,
                "fuel": stage.fuel,
                "seconds": stage.seconds,
                "sha256": stage.size.sha256,
            }
            for stage in release.stages
        ],
        "notes": list(release.notes),
    }


def _compiler(row: Mapping[str, Any]) -> CompilerUsed:
    name, version = _of(str, row["name"]), _of(str, row["version"])
    return CompilerUsed(name, version, row["fallback"] is True)


def _stage(row: Mapping[str, Any]) -> Stage:
    fuel = row["fuel"]
    return Stage(
        name=_of(str, row["name"]),
        tool=ToolUsed(
            name=_of(str, row["tool"]["name"]),
            version=_of(str, row["tool"]["version"]),
            pinned=row["tool"]["pinned"] is True,
        ),
        argv=tuple(_of(str, word) for word in row["argv"]),
        size=FileSize(
            raw=_of(int, row["raw"]),
            gzip=_of(int, row["gzip"]),
            brotli=_of(int, row["brotli"]),
            sha256=_of(str, row["sha256"]),
        ),
        fuel=None if fuel is None else _of(int, fuel),
        seconds=float(row.get("seconds", 0)),
    )


def _of(kind: type, value: Any) -> Any:
    if not isinstance(value, kind) or isinstance(value, bool):
        raise TypeError(f"{value!r} where {kind.__name__} belongs")
    return value

"""The size record of a release, `NAME.sizes.json`: every stage in the order run."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Final, Literal

from wasmtrim.records.codec import AGAIN, Codec
from wasmtrim.records.fields import Bytes, Count, Metric, Rule, Says, Seconds, Sha256
from wasmtrim.records.stage import FileSize, StageRecord, ToolUsed


@dataclass(frozen=True)
class CompilerUsed:
    """The compiler of a release. `fallback`: it stands in for the one that the profile names."""

    name: str
    version: str
    fallback: bool


@dataclass(frozen=True)
class Stage:
    """A stage that ran: its program, what it was called with, and what its module weighs.

    `fuel` is in instructions of its smoke run, None where that was not counted. `env` is what the
    profile and the project add to the program's environment. `brotli_exact` is false where the
    module does not ship: its size under brotli is then estimated from a lower quality.
    """

    name: str
    tool: ToolUsed
    argv: tuple[str, ...]
    raw: Bytes
    gzip: Bytes
    brotli: Bytes
    fuel: Count | None
    seconds: Seconds
    sha256: Sha256
    env: Mapping[str, str] = field(default_factory=dict)
    brotli_exact: bool = True

    @property
    def size(self) -> FileSize:
        """What its module weighs."""
        return FileSize(self.raw, self.gzip, self.brotli, self.sha256, self.brotli_exact)


@dataclass(frozen=True)
class Release:
    """The record of one profile. `compiler` is None where it started from a ready module.

    `groups` says whose each package is that isn't Go's own. `compressors` names the libraries and
    settings that measured. `metric` is what the profile says the module is to be small in.
    """

    schema: Literal[1] = field(default=1, kw_only=True)
    profile: str
    compiler: CompilerUsed | None
    features: tuple[str, ...]
    groups: Annotated[Mapping[str, str], Says("By import path: own, or third party.")]
    compressors: Mapping[str, str]
    stages: Annotated[tuple[Stage, ...], Rule("min_length", 1)]
    notes: tuple[str, ...]
    metric: Metric | None = None

    @property
    def shipped(self) -> Stage:
        """The last stage: its module is the one that ships."""
        return self.stages[-1]

    @property
    def compiled_by(self) -> str:
        """The compiler with its version, such as `go 1.26.8`; `ready module` if there was none."""
        used = self.compiler
        return f"{used.name} {used.version}" if used else "ready module"

    @property
    def is_fallback(self) -> bool:
        """Whether another compiler built it than the one that the profile names."""
        return self.compiler is not None and self.compiler.fallback

    def stage(self, name: str) -> Stage | None:
        """The stage of that name."""
        return next((stage for stage in self.stages if stage.name == name), None)


def of_stages(
    profile: str,
    compiler: CompilerUsed | None,
    features: Sequence[str],
    compressors: Mapping[str, str],
    stages: Sequence[tuple[StageRecord, FileSize, int | None]],
    remarks: Sequence[str] = (),
    metric: Metric | None = None,
    quick: int | None = None,
) -> Release:
    """Put a release's record together: each stage with its size and the fuel of its run.

    `remarks` come before the stages' own notes. `quick` is the last module's size under brotli at
    the quality of the sizes that are not exact: its ratio to the exact one corrects them.
    """
    *_, (_, shipped, _) = stages
    rows: list[Stage] = []
    notes = list(remarks)
    for stage, size, fuel in stages:
        if stage.linked:
            # What the linker made, before the compiler's own optimizer: the same argv made it.
            linked = dataclasses.replace(stage, name="link", seconds=0.0)
            rows.append(_row(linked, _corrected(stage.linked, shipped, quick), None))
        rows.append(_row(stage, _corrected(size, shipped, quick), fuel))
        if not stage.tool.pinned:
            used = f"{stage.tool.name} {stage.tool.version}"
            notes.append(f"{stage.name}: {used} is not proven to be the pinned one")
        notes += [f"{stage.name}: {note}" for note in stage.notes]
    return Release(
        profile=profile,
        compiler=compiler,
        features=tuple(features),
        groups=stages[0][0].groups,
        compressors=compressors,
        stages=tuple(rows),
        notes=tuple(notes),
        metric=metric,
    )


def _row(stage: StageRecord, size: FileSize, fuel: int | None) -> Stage:
    return Stage(
        name=stage.name,
        tool=stage.tool,
        argv=stage.argv,
        raw=size.raw,
        gzip=size.gzip,
        brotli=size.brotli,
        fuel=fuel,
        seconds=stage.seconds,
        sha256=size.sha256,
        env=stage.env,
        brotli_exact=size.brotli_exact,
    )


def _corrected(size: FileSize, shipped: FileSize, quick: int | None) -> FileSize:
    if size.sha256 == shipped.sha256:
        return shipped
    if size.brotli_exact or not quick:
        return size
    return dataclasses.replace(size, brotli=round(size.brotli * shipped.brotli / quick))


SIZES: Final = Codec(Release, "a size record", AGAIN)

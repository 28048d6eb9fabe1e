"""`NAME.sizes.json`: what each stage of a chain did to the module's size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from SCons.Node import Node

from wasmtrim import records, sizes
from wasmtrim.compilers import compilation
from wasmtrim.errors import UsageError
from wasmtrim.profile import Metric
from wasmtrim.records import CompilerUsed, FileSize, StageRecord, release
from wasmtrim.records import stage as stage_record
from wasmtrim.scons import variables
from wasmtrim.scons.build import Build, path_of
from wasmtrim.scons.compiler_choice import ChosenCompiler
from wasmtrim.scons.nodes.features import given_features_of
from wasmtrim.scons.nodes.file_size import size_of
from wasmtrim.scons.nodes.module import record_of, stages_of
from wasmtrim.scons.nodes.run import fuel_of
from wasmtrim.scons.nodes.spec import NodeSpec
from wasmtrim.scons.signature import Code

_CODE = Code("sizes.py", "records")


@dataclass(frozen=True)
class StageSources:
    """A stage's row: its module, what that weighs, its run if any, its record if it has one."""

    stage: str
    module: Node
    size: Node
    run: Node | None
    record: Node | None

    def read(self) -> tuple[StageRecord, FileSize, int | None]:
        """Read the row: the record, the size, and the fuel of the run."""
        made = self.record
        record = records.STAGE.read(path_of(made)) if made else stage_record.ready(self.stage)
        fuel = fuel_of(self.run) if self.run else None
        return record, records.SIZE.read(path_of(self.size)), fuel


@dataclass(frozen=True)
class SizesSpec(NodeSpec):
    """The size record of the profile `name`. `features` are those of the first module."""

    stages: tuple[StageSources, ...]
    features: Node
    name: str
    compiler: ChosenCompiler | None
    metric: Metric | None = None
    builder = "WasmSizes"

    def signature(self) -> object:
        stages = tuple(stage.stage for stage in self.stages)
        return self.name, self.metric, stages, self.compiler, sizes.compressors(), _CODE.digest()

    def make(self) -> None:
        rows = [stage.read() for stage in self.stages]
        chosen, (first, *_) = self.compiler, rows[0]
        used = None
        if first.name == compilation.NAME:
            fallback = chosen is not None and chosen.fallback
            used = CompilerUsed(first.tool.name, first.tool.version, fallback)
        content = release.of_stages(
            self.name,
            used,
            records.FEATURES.read(path_of(self.features)),
            sizes.compressors(),
            rows,
            (chosen.note,) if chosen and chosen.note else (),
            self.metric,
            None if len(rows) == 1 else sizes.quick(path_of(self.stages[-1].module).read_bytes()),
        )
        records.SIZES.write(Path(self.target.abspath), content)


def rows_of(
    env: Any, build: Build, rows: Sequence[tuple[str, Node, Node | None]]
) -> tuple[StageSources, ...]:
    """Return the rows of stages, each with its module and run: the last module is what ships."""
    last = rows[-1][1]
    return tuple(
        StageSources(
            stage, module, size_of(env, build, module, ships=module is last), run, record_of(module)
        )
        for stage, module, run in rows
    )


def read(build: Build, env: Any, target: Node, source: list[Node]) -> SizesSpec:
    """Read a call of `WasmSizes`."""
    stages = stages_of("WASMSIZES_STAGES", env.get("WASMSIZES_STAGES") or (), source)
    runs = variables.files(env, "WASMSIZES_RUNS") or [None] * len(source)
    if len(runs) != len(source):
        raise UsageError(f"WASMSIZES_RUNS: {len(runs)} runs, but {len(source)} modules; name each")
    rows = tuple(zip(stages, source, runs, strict=True))
    return SizesSpec(
        build,
        target,
        stages=rows_of(env, build, rows),
        features=given_features_of(env, build, source[0]),
        name=target.name.removesuffix(".sizes.json"),
        compiler=env.get("WASMSIZES_COMPILER"),
    )

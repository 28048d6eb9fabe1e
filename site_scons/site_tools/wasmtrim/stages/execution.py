"""The one executor: runs a stage's program on a module and believes nothing that it leaves."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wasmtrim import atomic, process, reading, wasm
from wasmtrim.errors import ModuleError, ToolError, UsageError
from wasmtrim.records import StageRecord, ToolUsed
from wasmtrim.stages import componentize, embed, trim
from wasmtrim.stages.features import invalid
from wasmtrim.stages.job import FOLDER, IN, OUT, RESOURCE, Job, Unchanged
from wasmtrim.stages.registry import Stage
from wasmtrim.toolchain.locate import Tool
from wasmtrim.wasm import Binary, Component
from wasmtrim.wasm.limits import MODULE_BYTES

# Stages are the same for every user: nothing of the user's environment reaches them.
PLAIN_ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C"}
NEEDED = (embed.NAME, componentize.NAME)  # without them there is no component
_COMPONENT = "it takes core modules, and this is a component; the module is unchanged"
SHOWN_LINES = 20  # of what a failing program printed
SHOWN_COLUMNS = 500
PRINTED = "  | "  # before each of these lines


@dataclass(frozen=True)
class Beside:
    """What a stage's program reads beside the module, as its settings ask.

    `folder`: the files of `Settings.folder`, by name. `resource`: the file of `Settings.resource`.
    """

    folder: Mapping[str, bytes] = field(default_factory=dict)
    resource: Tool | None = None


@dataclass(frozen=True)
class StageResult:
    """The module that a stage made, and the record of how.

    `linked` is a compiler's module before its own optimizer ran; None if it does not keep that.
    """

    module: bytes
    record: StageRecord
    linked: bytes | None = None


def run(
    stage: Stage,
    settings: Any,
    before: bytes,
    features: tuple[str, ...],
    *,
    tool: Tool,
    wasm_tools: Tool,
    timeout: float,
    folder: Path,
    beside: Beside = Beside(),
    memory: int = process.MEMORY_BYTES,
) -> StageResult:
    """Run one stage. `folder` is where its temporary files go; `timeout` is in seconds.

    `memory` bounds the program, in bytes.

    Raises ToolError where the program fails, or what it leaves is no valid module with the same
    features, or is not what the stage promises.
    """
    module = wasm.read_binary(before)
    if isinstance(module, Component) and stage.NAME != trim.NAME:
        job: Job | Unchanged = Unchanged(_COMPONENT)
    else:
        job = stage.job(settings, module, features)
    if isinstance(job, Job) and job.by_wasm_tools:
        tool = wasm_tools
    used = ToolUsed(tool.name, tool.version, tool.pinned)
    if isinstance(job, Unchanged):
        return StageResult(before, StageRecord(stage.NAME, used, (), 0.0, (job.reason,)))
    with workspace(folder) as work:
        (work / IN).write_bytes(before)
        for name, text in job.files.items():
            (work / name).write_text(text, encoding="utf-8")
        for name, content in beside.folder.items():
            (work / FOLDER / name).parent.mkdir(parents=True, exist_ok=True)
            (work / FOLDER / name).write_bytes(content)
        if beside.resource:
            shutil.copyfile(beside.resource.argv[-1], work / RESOURCE)
        finished = attempt(
            stage.NAME, tool, job.arguments, cwd=work, timeout=timeout, memory=memory
        )
        if finished.status != 0:
            failed = failure(stage.NAME, tool, job.arguments, finished)
            if stage.NAME in NEEDED:
                raise failed
            out = f"leave {stage.NAME} out of `stages` in the profile"
            raise ToolError(f"{failed}\n  if {tool.name} cannot take this module, {out}")
        argv = (tool.name, *job.arguments)
        after = result(stage.NAME, argv, work / OUT, features, wasm_tools)
    try:
        notes = stage.check(settings, module, after)
    except ToolError as error:
        raise ToolError(f"{stage.NAME}: {error}\n  {process.shown(argv)}") from None
    if after.data == before:
        notes = (*notes, "changed nothing")
    if beside.resource:
        notes = (*notes, _named(beside.resource))
    if (version := settings.program_version) not in (None, tool.version):
        moved = f"the recipe was found with {tool.name} {version}, and this is {tool.version}"
        notes = (*notes, f"{moved}; `scons tune` searches again")
    return StageResult(after.data, StageRecord(stage.NAME, used, argv, finished.seconds, notes))


def _named(resource: Tool) -> str:
    pinned = "" if resource.pinned else ", which is not the pinned one"
    return f"with {resource.name} {resource.version}{pinned}"


@contextmanager
def workspace(folder: Path) -> Iterator[Path]:
    """Yield a temporary folder in `folder`, absolute, for the files of one program."""
    with atomic.folder(folder, "stage") as work:
        yield work.resolve()


def attempt(
    name: str,
    tool: Tool,
    arguments: Sequence[str],
    *,
    cwd: Path,
    timeout: float,
    env: Mapping[str, str] = PLAIN_ENVIRONMENT,
    memory: int = process.MEMORY_BYTES,
) -> process.Finished:
    """Run a stage's program to its end; raises ToolError if it cannot be started or has no end."""
    argv = [*tool.argv, *arguments]
    try:
        given = {**env, **tool.env}
        return process.run(argv, cwd=cwd, env=given, timeout=timeout, memory=memory)
    except process.NoEnd as error:
        longer = f"timeouts.{name} in the profile gives it longer"
        raise ToolError(f"{name}: {tool.name} {tool.version}: {error}; {longer}") from None
    except ToolError as error:
        raise ToolError(f"{name}: {tool.name} {tool.version}: {error}") from None


def failure(
    name: str, tool: Tool, arguments: Sequence[str], finished: process.Finished
) -> ToolError:
    """Describe a program that ended badly: stage, program, argv, and what it said."""
    lines = [_cut(line) for line in finished.said.splitlines()] or ["(it printed nothing)"]
    if len(lines) > SHOWN_LINES:
        left_out = len(lines) - SHOWN_LINES
        lines = [*lines[:SHOWN_LINES], f"[{left_out} lines left out]"]
    said = "\n".join(f"{PRINTED}{line}" for line in lines)
    argv = process.shown([tool.name, *arguments])
    return ToolError(f"{name}: {tool.name} {tool.version}: {finished.ended}\n  {argv}\n{said}")


def _cut(line: str) -> str:
    return line if len(line) <= SHOWN_COLUMNS else f"{line[:SHOWN_COLUMNS]}..."


def result(
    name: str, argv: Sequence[str], path: Path, features: Sequence[str] | None, wasm_tools: Tool
) -> Binary:
    """Read the module that a program left.

    With `features`, it must be valid with exactly those. Raises ToolError where it is missing,
    empty or not a valid module.
    """
    shown = process.shown(argv)
    if not path.is_file():
        raise ToolError(f"{name}: {argv[0]} ended well but wrote no module\n  {shown}")
    try:
        data = reading.whole(path, "a module", MODULE_BYTES)
    except UsageError as error:
        raise ToolError(f"{name}: {argv[0]} left no usable module: {error}\n  {shown}") from None
    if not data:
        raise ToolError(f"{name}: {argv[0]} ended well but left an empty file\n  {shown}")
    try:
        module = wasm.read_binary(data)
    except ModuleError as error:
        raise ToolError(f"{name}: {argv[0]} left a broken module: {error}\n  {shown}") from None
    if features is not None and (fault := invalid(path, features, wasm_tools)):
        raise ToolError(
            f"{name}: {argv[0]} left a module that is not valid with the features"
            f" {', '.join(features) or '(none)'}: {fault}\n  {shown}"
        )
    return module

"""One candidate: a recipe applied to a module, measured, and run. In plain data, for any machine.

What a worker gets is a task and the files that it names by their sha256; what it gives is an
outcome. A recipe that takes too long, too much memory, or ends with a fault is a skipped one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Final

from wasmtrim import OWN, atomic, verify
from wasmtrim.errors import ToolError
from wasmtrim.escaping import excerpt
from wasmtrim.profile import Metric, Profile
from wasmtrim.records import Codec, Outcome
from wasmtrim.records import layout as records_layout
from wasmtrim.sizes import compressors, sha256
from wasmtrim.stages import execution, layout, optimize
from wasmtrim.stages.layout import metric as metrics
from wasmtrim.stages.registry import STAGES
from wasmtrim.toolchain.locate import Locator, Tool
from wasmtrim.tune.recipe import Recipe
from wasmtrim.verify import Run

MEMORY_BYTES = 4 << 30  # of each program that a candidate needs
_MODULE = "module.wasm"


@dataclass(frozen=True)
class Smoke:
    """What a candidate is run on: a profile as JSON, the compiler, and files by their sha256."""

    profile: str
    compiler: str | None
    files: Mapping[str, str]


@dataclass(frozen=True)
class Task:
    """`module` is the sha256 of what wasm-opt reads, `made_by` the programs it depends on.

    `seconds` bound each program. `laid_out`: the stage layout comes after wasm-opt.
    """

    module: str
    features: tuple[str, ...]
    recipe: Recipe
    metric: Metric
    made_by: Mapping[str, tuple[str, str]]
    seconds: float
    smoke: Smoke | None = None
    laid_out: bool = True

    @property
    def blobs(self) -> tuple[str, ...]:
        """The sha256 of each file that it needs."""
        return (self.module, *(self.smoke.files.values() if self.smoke else ()))


TASK: Final = Codec(Task, "a candidate", "give all workers the same wasmtrim", records_layout.line)


@dataclass(frozen=True)
class Tools:
    """The programs that a candidate needs."""

    wasm_opt: Tool
    wasm_tools: Tool
    own: Tool

    @classmethod
    def of(cls, locator: Locator) -> Tools:
        """Find them; raises ToolError where one is missing."""
        return cls(*(locator.find(name) for name in ("wasm-opt", "wasm-tools", OWN)))

    @cached_property
    def made_by(self) -> Mapping[str, tuple[str, str]]:
        """All that makes, measures and runs a candidate: its version, and a program's sha256."""
        programs = (self.wasm_opt, self.wasm_tools, self.own)
        return {
            **{tool.name: (tool.version, tool.digest) for tool in programs},
            "wasmtime": (version("wasmtime"), ""),
            **{name: (said, "") for name, said in compressors().items()},
        }


def evaluate(task: Task, blobs: Mapping[str, bytes], tools: Tools, folder: Path) -> Outcome:
    """Make a candidate, measure it and run it; temporary files go below `folder`."""
    try:
        module = made(task, blobs[task.module], tools, folder)
        size = metrics.size(module, task.metric)
        with execution.workspace(folder) as work:
            fuel, behavior = _ran(task.smoke, module, blobs, work)
    except ToolError as error:
        return Outcome(skipped=briefly(error))
    return Outcome(size, sha256(module), fuel, behavior)


def briefly(error: ToolError) -> str:
    """Say in a line what failed, and what the program printed of it (`execution.failure`)."""
    first, *more = str(error).splitlines()
    mark = execution.PRINTED
    printed = [line.removeprefix(mark) for line in more if line.startswith(mark)]
    return excerpt(": ".join([first, *printed]))


def made(task: Task, module: bytes, tools: Tools, folder: Path, *, names: bool = False) -> bytes:
    """Apply a task's recipe, and the layout behind it; keep `names`, if asked to.

    Raises ToolError where a program fails, or what it leaves is not a valid module with the same
    features, imports and exports.
    """
    options = task.recipe.options
    settings = optimize.Settings(keep_names=names, options=options, as_it_is=not options)
    chain = (
        (optimize.NAME, settings, tools.wasm_opt),
        (layout.NAME, layout.Settings(task.metric), tools.own),
    )
    for name, given, tool in chain if task.laid_out else chain[:1]:
        module = execution.run(
            STAGES[name],
            given,
            module,
            task.features,
            tool=tool,
            wasm_tools=tools.wasm_tools,
            timeout=task.seconds,
            folder=folder,
            memory=MEMORY_BYTES,
        ).module
    return module


def _ran(
    smoke: Smoke | None, module: bytes, blobs: Mapping[str, bytes], work: Path
) -> tuple[int | None, str]:
    """Run a module on all cases: the most fuel, and a digest of what they did."""
    if smoke is None:
        return None, ""
    profile = Profile.model_validate(json.loads(smoke.profile))
    for name, sha in smoke.files.items():
        atomic.write_bytes(work / "project" / name, blobs[sha])
    path, into = work / _MODULE, work / "runs"
    path.write_bytes(module)
    verify.run_smoke(path, profile, smoke.compiler, work / "project", into)
    runs = [Run.read(into / case.folder) for case in profile.smoke]
    told = [(r.kind, r.exit, repr(r.steps), r.stdout_bytes, r.stdout_sha256) for r in runs]
    behavior = hashlib.sha256(json.dumps(told).encode()).hexdigest()
    return verify.most_fuel(into, profile.smoke), behavior

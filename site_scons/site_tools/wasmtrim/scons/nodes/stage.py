"""A module out of a module, by the program of a stage."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from SCons.Node import Node
from SCons.Script import File

from wasmtrim import OWN, atomic, records, sizes, wit
from wasmtrim.errors import UsageError
from wasmtrim.profile import STAGES as STAGE_NAMES
from wasmtrim.profile import Metric, Timeouts
from wasmtrim.reading import is_within
from wasmtrim.scons import progress, variables
from wasmtrim.scons.build import Build, beside, path_of
from wasmtrim.scons.builder_names import STAGES as BUILDERS
from wasmtrim.scons.nodes.features import given_features_of
from wasmtrim.scons.nodes.module import ModuleSpec
from wasmtrim.scons.signature import Code
from wasmtrim.stages import execution, prune, smaller, unstripped
from wasmtrim.stages.registry import STAGES, Stage

# Whoever adds a stage and forgets one of the lists hears of it from any release.
if tuple(STAGES) != STAGE_NAMES[1:] or set(Timeouts.model_fields) != set(STAGE_NAMES):
    raise ImportError(
        "stages/registry.py, StageName in profile/values.py and Timeouts in profile/model.py do not"
        f" list the same stages: {tuple(STAGES)}, {STAGE_NAMES[1:]}, {(*Timeouts.model_fields,)}"
    )
if tuple(BUILDERS) != tuple(STAGES):
    raise ImportError(
        "scons/builder_names.py does not list the stages of stages/registry.py:"
        f" {tuple(BUILDERS)}, {tuple(STAGES)}"
    )

_SHARED = (
    "profile/wildcard.py",
    "stages/execution.py",
    "stages/features.py",
    "stages/job.py",
    "stages/smaller.py",
    "stages/unstripped.py",
    "records/stage.py",
)


def _code(stage: Stage) -> Code:
    ours = ("wasm", f"cli/{stage.NAME}.py") if stage.PROGRAM == OWN else ()
    told = ("wit",) if stage.NAME == prune.NAME else ()
    suffix = "" if hasattr(stage, "__path__") else ".py"  # a stage may be a package
    return Code(f"stages/{stage.NAME}{suffix}", *_SHARED, *ours, *told)


_CODE = {name: _code(stage) for name, stage in STAGES.items()}


@dataclass(frozen=True)
class Later:
    """A stage that follows in the profile."""

    name: str
    settings: Any
    timeout: float


@dataclass(frozen=True)
class StageSpec(ModuleSpec):
    """A module out of `module` by the stage `name`.

    `files` are those of the folder that the program reads beside the module, `wit` those of the
    WIT whose names the stage must know. Where the result is bigger in `smaller_in`, even after the
    stages `later`, the module before goes on.

    `unstripped` is `module` with its names, where they go along: the program then runs on that one,
    and its result less the names is the module.
    """

    name: str
    settings: Any
    timeout: float
    module: Node
    features: Node
    files: tuple[Node, ...]
    wit: tuple[Node, ...]
    smaller_in: Metric | None = None
    later: tuple[Later, ...] = ()
    unstripped: Node | None = None

    @property
    def with_names(self) -> Node | None:
        """The module with its names, where they go along."""
        return beside(self.target, ".unstripped.wasm") if self.unstripped else None

    def targets(self) -> list[Node]:
        return [*super().targets(), *([self.with_names] if self.with_names else [])]

    @property
    def builder(self) -> str:
        return BUILDERS[self.name]

    @property
    def stage(self) -> str:
        return self.name

    def signature(self) -> object:
        resource = self.settings.resource
        programs = (STAGES[self.name].PROGRAM, "wasm-tools", *([resource] if resource else []))
        identity = self.build.identity(*programs)
        own = self.settings, self.smaller_in, identity, _CODE[self.name].digest()
        called = (STAGES[later.name].PROGRAM for later in self.later)
        codes = tuple(_CODE[later.name].digest() for later in self.later)
        later = tuple((each.name, each.settings) for each in self.later)
        return own, later, self.build.identity(*called), codes

    def make(self) -> None:
        before = path_of(self.module).read_bytes()
        if self.unstripped is None or self.with_names is None:
            self.write(self._smaller(before, self.build.weigh))
            return
        named = unstripped.without_dwarf(path_of(self.unstripped).read_bytes())
        made = self._smaller(named, self._weigh_without_names)
        atomic.write_bytes(Path(self.with_names.abspath), made.module)
        bare = before if made.module == named else unstripped.without_names(made.module)
        self.write(dataclasses.replace(made, module=bare))

    def _smaller(
        self, before: bytes, weigh: Callable[[bytes, Metric], int]
    ) -> execution.StageResult:
        made = self._made(self.name, self.settings, self.timeout, before)
        if self.smaller_in is None:
            return made
        return smaller.of_both(before, made, self.smaller_in, weigh, self._end)

    def _weigh_without_names(self, module: bytes, metric: Metric) -> int:
        return self.build.weigh(unstripped.without_names(module), metric)

    def _end(self, module: bytes) -> bytes:
        """Return what the stages after this one make of a module."""
        for later in self.later:
            module = self._made(later.name, later.settings, later.timeout, module).module
        return module

    def _made(
        self, name: str, settings: Any, timeout: float, before: bytes
    ) -> execution.StageResult:
        named = records.FEATURES.read(path_of(self.features))
        tool = self.build.tool(STAGES[name].PROGRAM)
        wasm_tools = self.build.tool("wasm-tools")
        settings = wit.with_names(
            settings, root=self.build.root, wasm_tools=wasm_tools, work=self.build.work
        )
        key = (name, settings, named, sizes.sha256(before))

        def work() -> execution.StageResult:
            with progress.alive(f"{name} {self.target}"):
                return execution.run(
                    STAGES[name],
                    settings,
                    before,
                    named,
                    tool=tool,
                    wasm_tools=wasm_tools,
                    timeout=timeout,
                    folder=self.build.work,
                    beside=self._beside(),
                )

        return self.build.results.get(key, work)

    def _beside(self) -> execution.Beside:
        settings = self.settings
        contents = {
            str(path.relative_to(self.build.root / settings.folder)): path.read_bytes()
            for path in map(path_of, self.files)
        }
        return execution.Beside(
            contents, self.build.tool(settings.resource) if settings.resource else None
        )


def staged(
    build: Build,
    target: Node,
    stage: Stage,
    settings: Any,
    *,
    timeout: float,
    module: Node,
    features: Node,
    smaller_in: Metric | None = None,
    later: tuple[Later, ...] = (),
    unstripped: Node | None = None,
) -> StageSpec:
    """Specify a stage's module; raises UsageError where the folder that it reads is missing."""
    return StageSpec(
        build,
        target,
        stage.NAME,
        settings,
        timeout,
        module,
        features,
        files=_files(build, stage, settings.folder) if settings.folder else (),
        wit=wit_files(build, settings.contract[0]) if settings.contract else (),
        smaller_in=smaller_in,
        later=later,
        unstripped=unstripped,
    )


def _files(build: Build, stage: Stage, folder: str) -> tuple[Node, ...]:
    if not (build.root / folder).is_dir():
        raise UsageError(f"{folder}: no such folder; the stage {stage.NAME} reads it")
    found = [path for path in (build.root / folder).rglob("*") if path.is_file()]
    if outside := next((path for path in found if not is_within(path, build.root)), None):
        shown = outside.relative_to(build.root)
        raise UsageError(
            f"{shown}: a link that leads out of the project; put the file in its place"
        )
    return tuple(File(f"#{name}") for name in sorted(str(f.relative_to(build.root)) for f in found))


def wit_files(build: Build, package: object) -> tuple[Node, ...]:
    """Return the files of a WIT package; raises UsageError where they can't be read."""
    found = wit.sources(build.root / str(package), build.root)
    return tuple(File(f"#{file.relative_to(build.root)}") for file in found)


def reader(stage: Stage) -> Callable[[Build, Any, Node, list[Node]], StageSpec]:
    """Return what reads a call of a stage's builder."""
    builder = BUILDERS[stage.NAME]
    defaults = {field.name: field.default for field in dataclasses.fields(stage.Settings)}

    def read(build: Build, env: Any, target: Node, source: list[Node]) -> StageSpec:
        settings = stage.Settings(**variables.read(env, builder, defaults))
        timeout = variables.timeout(env, builder, stage.NAME)
        features = given_features_of(env, build, source[0])
        return staged(
            build,
            target,
            stage,
            settings,
            timeout=timeout,
            module=source[0],
            features=features,
        )

    return read

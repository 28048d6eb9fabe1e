"""A module out of a module, by the program of a stage."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from SCons.Node import Node
from SCons.Script import File

from wasmtrim import records, sizes, wit
from wasmtrim.errors import UsageError
from wasmtrim.profile.inherit import is_within
from wasmtrim.scons import progress, variables
from wasmtrim.scons.build import Build, path_of
from wasmtrim.scons.nodes.features import given_features_of
from wasmtrim.scons.nodes.module import ModuleSpec
from wasmtrim.scons.signature import Code
from wasmtrim.stages import STAGES, Stage, execution, prune
from wasmtrim.toolchain.locate import OWN

_SHARED = (
    "profile/wildcard.py",
    "stages/execution.py",
    "stages/features.py",
    "stages/job.py",
    "records/stage.py",
)


def _code(stage: Stage) -> Code:
    ours = ("wasm", f"cli/{stage.NAME}.py") if stage.PROGRAM == OWN else ()
    told = ("wit",) if stage.NAME == prune.NAME else ()
    suffix = "" if hasattr(stage, "__path__") else ".py"  # a stage may be a package
    return Code(f"stages/{stage.NAME}{suffix}", *_SHARED, *ours, *told)


_CODE = {name: _code(stage) for name, stage in STAGES.items()}


@dataclass(frozen=True)
class StageSpec(ModuleSpec):
    """A module out of `module` by the stage `name`.

    `files` are those of the folder that the program reads beside the module, or of the WIT whose
    names the stage must know.
    """

    name: str
    settings: Any
    timeout: float
    module: Node
    features: Node
    files: tuple[Node, ...]

    @property
    def builder(self) -> str:
        return STAGES[self.name].BUILDER

    @property
    def stage(self) -> str:
        return self.name

    def signature(self) -> object:
        resource = self.settings.resource
        programs = (STAGES[self.name].PROGRAM, "wasm-tools", *([resource] if resource else []))
        return self.settings, self.build.identity(*programs), _CODE[self.name].digest()

    def make(self) -> None:
        stage = STAGES[self.name]
        before = path_of(self.module).read_bytes()
        named = records.FEATURES.read(path_of(self.features))
        tool = self.build.tool(stage.PROGRAM)
        settings = self._told()
        key = (self.name, settings, named, sizes.sha256(before))

        def work() -> execution.StageResult:
            with progress.alive(f"{self.name} {self.target}"):
                return execution.run(
                    stage,
                    settings,
                    before,
                    named,
                    tool=tool,
                    wasm_tools=self.build.tool("wasm-tools"),
                    timeout=self.timeout,
                    folder=self.build.work,
                    beside=self._beside(),
                )

        self.write(self.build.results.get(key, work))

    def _told(self) -> Any:
        """Give the settings with the names of the world that they name."""
        if self.settings.contract is None:
            return self.settings
        package, world = self.settings.contract
        root, tool = self.build.root, self.build.tool("wasm-tools")
        found = wit.resolve(root / package, world, root=root, wasm_tools=tool, work=self.build.work)
        return self.settings.with_names(wit.export_names(found))

    def _beside(self) -> execution.Beside:
        settings = self.settings
        contents = {
            str(path.relative_to(self.build.root / settings.folder)): path.read_bytes()
            for path in map(path_of, self.files)
            if settings.folder
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
) -> StageSpec:
    """Specify a stage's module; raises UsageError where the folder that it reads is missing."""
    files = _files(build, stage, settings.folder) or _files_of_wit(build, settings.contract)
    return StageSpec(build, target, stage.NAME, settings, timeout, module, features, files)


def _files(build: Build, stage: Stage, folder: str | None) -> tuple[Node, ...]:
    if folder is None:
        return ()
    if not (build.root / folder).is_dir():
        raise UsageError(f"{folder}: no such folder; the stage {stage.NAME} reads it")
    found = [path for path in (build.root / folder).rglob("*") if path.is_file()]
    if outside := next((path for path in found if not is_within(path, build.root)), None):
        shown = outside.relative_to(build.root)
        raise UsageError(
            f"{shown}: a link that leads out of the project; put the file in its place"
        )
    return tuple(File(f"#{name}") for name in sorted(str(f.relative_to(build.root)) for f in found))


def _files_of_wit(build: Build, contract: tuple[str, str | None] | None) -> tuple[Node, ...]:
    return wit_files(build, contract[0]) if contract else ()


def wit_files(build: Build, package: object) -> tuple[Node, ...]:
    """Give the files of a WIT package; raises UsageError where they can't be read."""
    found = wit.sources(build.root / str(package), build.root)
    return tuple(File(f"#{file.relative_to(build.root)}") for file in found)


def reader(stage: Stage) -> Callable[[Build, Any, Node, list[Node]], StageSpec]:
    """Give what reads a call of a stage's builder."""
    defaults = {field.name: field.default for field in dataclasses.fields(stage.Settings)}

    def read(build: Build, env: Any, target: Node, source: list[Node]) -> StageSpec:
        settings = stage.Settings(**variables.read(env, stage.BUILDER, defaults))
        timeout = variables.timeout(env, stage.BUILDER, stage.NAME)
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

"""The module that is tuned, taken through all stages before optimize."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from wasmtrim import reading, wasm, wit
from wasmtrim.errors import UsageError
from wasmtrim.profile import Metric, Profile
from wasmtrim.sizes import sha256
from wasmtrim.stages import (
    componentize,
    embed,
    execution,
    features,
    layout,
    optimize,
    registry,
    trim,
)
from wasmtrim.toolchain.locate import Locator
from wasmtrim.tune.candidate import Smoke, Task, Tools
from wasmtrim.tune.recipe import Recipe
from wasmtrim.wasm import Component

_OF_A_RUN = {"source", "module", "contract", "limits", "smoke", "clock"}  # what a run depends on
# What may follow optimize: those behind layout wrap the module, which is searched without them.
_AFTER = (layout.NAME, embed.NAME, componentize.NAME, trim.NAME)
_INPUT_BYTES = 64 << 20  # of a file that the smoke run reads


@dataclass(frozen=True)
class Subject:
    """`compiled` is the module as it was given, `module` what the stages before optimize left.

    `compiler` is the one that built it, None for a ready module. `root` is where paths in the
    profile start from.
    """

    name: str
    compiled: bytes
    module: bytes
    features: tuple[str, ...]
    profile: Profile
    compiler: str | None
    metric: Metric
    root: Path

    @cached_property
    def blobs(self) -> Mapping[str, bytes]:
        """All files that candidates need, by their sha256."""
        return {sha256(content): content for content in (self.module, *self._files.values())}

    def task(self, recipe: Recipe, tools: Tools, *, laid_out: bool = True) -> Task:
        """Return the task of a candidate."""
        return Task(
            self._sha256,
            self.features,
            recipe,
            self.metric,
            tools.made_by,
            float(self.profile.timeouts.optimize),
            self._smoke,
            laid_out,
        )

    @cached_property
    def _sha256(self) -> str:
        return sha256(self.module)

    @cached_property
    def _files(self) -> Mapping[str, bytes]:
        """What the smoke run reads: once, so that all candidates are given the same."""
        paths = sorted({path for case in self.profile.smoke for path in case.files})
        return {
            str(path): reading.whole(self.root / path, "an input of the smoke run", _INPUT_BYTES)
            for path in paths
        }

    @cached_property
    def _smoke(self) -> Smoke | None:
        if not self.profile.smoke:
            return None
        files = {name: sha256(data) for name, data in self._files.items()}
        profile = self.profile.model_dump_json(by_alias=True, include=_OF_A_RUN)
        return Smoke(profile, self.compiler, files)


def prepare(
    name: str,
    compiled: bytes,
    profile: Profile,
    compiler: str | None,
    metric: Metric,
    locator: Locator,
    root: Path,
    folder: Path,
) -> Subject:
    """Run the stages before optimize; temporary files go below `folder`.

    Raises UsageError where the profile's chain cannot be tuned, WasmtrimError where a stage fails.
    """
    if isinstance(wasm.read_binary(compiled), Component):
        raise UsageError(
            f"{name}: a search is for modules, and this is a component; tune the module that it is"
            " made of"
        )
    chain = registry.of(profile)
    names = [stage.NAME for stage in chain]
    if optimize.NAME not in names:
        raise UsageError(
            f"{name}: the profile has no stage optimize, so there is no recipe to find"
        )
    at = names.index(optimize.NAME)
    if extra := [each for each in names[at + 1 :] if each not in _AFTER]:
        raise UsageError(
            f"{name}: `stages` has {extra[0]} after optimize; a search takes only"
            f" {', '.join(_AFTER)} there"
        )
    wasm_tools = locator.find("wasm-tools")
    with execution.workspace(folder) as work:
        path = work / "compiled.wasm"
        path.write_bytes(compiled)
        named = features.of_module(wasm.read_binary(compiled), path, wasm_tools)
    module = compiled
    for stage in chain[:at]:
        module = execution.run(
            stage,
            wit.with_names(stage.settings(profile), root=root, wasm_tools=wasm_tools, work=folder),
            module,
            named,
            tool=locator.find(stage.PROGRAM),
            wasm_tools=wasm_tools,
            timeout=float(getattr(profile.timeouts, stage.NAME)),
            folder=folder,
        ).module
    return Subject(name, compiled, module, named, profile, compiler, metric, root)

"""The smoke run of a module: `fuel.json`, and of each case `run.json`, `stdout` and `stderr`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from SCons.Node import Node
from SCons.Script import File

from wasmtrim import records, verify
from wasmtrim.nn import models
from wasmtrim.nn.settings import runtime_version
from wasmtrim.profile import Profile
from wasmtrim.scons import progress, signature
from wasmtrim.scons.build import RUNS_FOLDER, Build, path_of
from wasmtrim.scons.nodes.spec import NodeSpec
from wasmtrim.scons.signature import Code

_FILE = "fuel.json"  # of the case that takes most; the files of the cases lie beside it
_CASE_FILES = ("run.json", "stdout", "stderr")
_CODE = Code("verify", "engine", "nn", "wasm", "records", "escaping.py", "strict_json.py")


@dataclass(frozen=True)
class RunBefore:
    """The module of the stage before, and its run: taken over where the code is the same."""

    module: Node
    run: Node


@dataclass(frozen=True)
class RunSpec(NodeSpec):
    """The smoke run of `module` on all cases, which reads `given`. `before` is None for the first.

    The run is one for all profiles that ask for the same, so the signature names what is asked.
    """

    module: Node
    before: RunBefore | None
    given: tuple[Node, ...]
    profile: Profile
    compiler: str | None
    builder = "WasmRun"

    def targets(self) -> list[Node]:
        folders = [case.folder for case in self.profile.smoke]
        names = [str(Path(folder, name)) for folder in folders for name in _CASE_FILES]
        return [self.target, *map(self.target.dir.File, names)]

    def signature(self) -> object:
        return asked(self.profile, self.compiler), _CODE.digest()

    def make(self) -> None:
        module, into = path_of(self.module), Path(self.target.abspath).parent
        before = self.before
        earlier = (path_of(before.module), folder_of(before.run)) if before else None
        with progress.alive(f"run {module.name}"):
            verify.run_smoke(
                module, self.profile, self.compiler, self.build.root, into, before=earlier
            )
        fuel = verify.most_fuel(into, self.profile.smoke)
        records.FUEL.write(Path(self.target.abspath), records.RunFuel(fuel))


def asked(profile: Profile, compiler: str | None) -> object:
    """Return what decides how a run ends, besides the module."""
    of = profile.limits
    bounds = (of.fuel, of.memory, of.table, of.seconds, of.output)
    run_limits = tuple(bound.for_compiler(compiler) for bound in bounds)
    imports = sorted(profile.contract.imports)
    judged = {"expect": None, "exit": 0, "random": False}
    cases = [case.model_copy(update=judged) for case in profile.smoke]
    nn = (profile.nn, runtime_version()) if profile.nn else None
    return cases, profile.program, profile.clock, imports, run_limits, nn


def given_of(build: Build, profile: Profile) -> tuple[Node, ...]:
    """Return every file that the module is given in its cases, the models that it may load too."""
    paths = [path for case in profile.smoke for path in case.files]
    if profile.nn and profile.nn.models:
        folder = build.root / profile.nn.models
        found = sorted(file.name for file in folder.glob(f"*{models.SUFFIX}"))
        paths += [profile.nn.models / name for name in found]
    return tuple(File(f"#{path}") for path in paths)


def folder_of(run: Node) -> Path:
    """Return the folder of all that a module's cases left."""
    return path_of(run).parent


def fuel_of(run: Node) -> int | None:
    """Return the instructions of the case that takes most; None where no run tells."""
    return records.FUEL.read(path_of(run)).fuel


def runs_of(
    env: Any, build: Build, modules: Sequence[Node], profile: Profile, compiler: str | None
) -> Sequence[Node | None]:
    """Return the node of each module's smoke run, its `fuel.json`; None where the profile has none.

    A module with the same code as the one before it takes over its run, and so depends on it.
    """
    if not profile.smoke:
        return [None] * len(modules)
    runs: list[Node] = []
    before: RunBefore | None = None
    given = given_of(build, profile)
    for module in modules:
        key = signature.digest(asked(profile, compiler), module.path)[:8]
        folder = f"{RUNS_FOLDER}/{module.name.removesuffix('.wasm')}-{key}"
        node = File(f"{folder}/{_FILE}")
        if not node.has_builder():
            RunSpec(build, node, module, before, given, profile, compiler).declare(env)
        runs.append(node)
        before = RunBefore(module, node)
    return runs

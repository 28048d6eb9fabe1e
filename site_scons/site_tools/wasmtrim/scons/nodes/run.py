"""The smoke run of a module: `run.json`, what it printed, what it wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from SCons.Node import Node
from SCons.Script import File

from wasmtrim import verify
from wasmtrim.profile import Profile
from wasmtrim.scons import progress, signature
from wasmtrim.scons.build import RUNS_FOLDER, Build, path_of
from wasmtrim.scons.nodes.spec import NodeSpec
from wasmtrim.scons.signature import Code
from wasmtrim.verify import limits

_FILE = "run.json"
_CODE = Code("verify", "engine", "escaping.py")


@dataclass(frozen=True)
class RunBefore:
    """The module of the stage before, and its run: taken over where the code is the same."""

    module: Node
    run: Node


@dataclass(frozen=True)
class RunSpec(NodeSpec):
    """The smoke run of `module`, which reads `input`. `before` is None for the first module.

    The run is one for all profiles that ask for the same, so the signature names what is asked.
    """

    module: Node
    before: RunBefore | None
    input: Node | None
    profile: Profile
    compiler: str | None
    builder = "WasmRun"

    def targets(self) -> list[Node]:
        folder = self.target.dir
        return [self.target, folder.File("stdout"), folder.File("stderr")]

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


def asked(profile: Profile, compiler: str | None) -> object:
    """Give what decides how a run ends, besides the module."""
    smoke = profile.smoke
    assert smoke is not None
    run_limits = limits.of_run(profile.limits, compiler)
    imports = sorted(profile.contract.imports)
    return smoke.input, smoke.interface, smoke.call, profile.clock, imports, run_limits


def folder_of(run: Node) -> Path:
    """Give the folder of all that a run left."""
    return path_of(run).parent


def runs_of(
    env: Any, build: Build, modules: Sequence[Node], profile: Profile, compiler: str | None
) -> Sequence[Node | None]:
    """Give the node of each module's smoke run, its `run.json`; None where the profile has none.

    A module with the same code as the one before it takes over that one's run, and so hangs on it.
    """
    smoke = profile.smoke
    if smoke is None:
        return [None] * len(modules)
    runs: list[Node] = []
    before: RunBefore | None = None
    read = File(f"#{smoke.input}") if smoke.input else None
    for module in modules:
        key = signature.digest(asked(profile, compiler), module.path)[:8]
        folder = f"{RUNS_FOLDER}/{module.name.removesuffix('.wasm')}-{key}"
        node = File(f"{folder}/{_FILE}")
        if not node.has_builder():
            RunSpec(build, node, module, before, read, profile, compiler).declare(env)
        runs.append(node)
        before = RunBefore(module, node)
    return runs

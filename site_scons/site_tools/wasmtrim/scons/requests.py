"""What each node of ours was asked to be: its parameters, its signature, and how it is made.

A node carries its request as `attributes.wasmtrim`, from the emitter on.
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from SCons.Node import Node

from wasmtrim import atomic, records, sizes, verify, wasm
from wasmtrim.compilers import compilation
from wasmtrim.errors import CheckError, ModuleError, ToolError, UsageError
from wasmtrim.profile import Profile
from wasmtrim.records import CompilerUsed, release
from wasmtrim.records import stage as stage_record
from wasmtrim.scons import progress, signature
from wasmtrim.scons.build import Build, beside, path_of
from wasmtrim.stages import STAGES, execution, features
from wasmtrim.toolchain.locate import OWN, Tool
from wasmtrim.verify import limits

RUN_FILE = "run.json"


class Request(ABC):
    """What a node of ours was asked to be."""

    @abstractmethod
    def signature(self) -> object:
        """Give the value whose change makes the node out of date."""

    @abstractmethod
    def make(self, target: Sequence[Node], source: Sequence[Node]) -> None:
        """Make the node's files. Raises WasmtrimError or OSError, and then leaves none of them."""


@dataclass(frozen=True)
class Chosen:
    """The compiler that builds a profile, and a note to the reader where it is not the first."""

    name: str
    fallback: bool = False
    note: str = ""


@dataclass(frozen=True)
class StageRequest(Request):
    """A module out of a module. Sources: the module, its features, and the files of its folder."""

    build: Build
    name: str
    settings: Any
    timeout: float

    @property
    def stage(self) -> str:
        """The stage that the module comes from."""
        return self.name

    def signature(self) -> object:
        stage = STAGES[self.name]
        ours = (self.name, "execution", "features", "job")
        code = signature.code(*(f"stages/{name}.py" for name in ours), "records/stage.py")
        if stage.PROGRAM == OWN:
            code = signature.digest(code, signature.code("wasm", f"cli/{self.name}.py"))
        resource = self.settings.resource
        programs = (stage.PROGRAM, "wasm-tools", *([resource] if resource else []))
        return self.settings, identity(self.build, *programs), code

    def files(self) -> list[str]:
        """Name the files of the folder that the program reads beside the module.

        Raises UsageError where there is no such folder.
        """
        folder = self.settings.folder
        if folder is None:
            return []
        root = self.build.root
        if not (root / folder).is_dir():
            raise UsageError(f"{folder}: no such folder; the stage {self.name} reads it")
        return sorted(f"#{f.relative_to(root)}" for f in (root / folder).rglob("*") if f.is_file())

    def make(self, target: Sequence[Node], source: Sequence[Node]) -> None:
        before = path_of(source[0]).read_bytes()
        named = records.FEATURES.read(path_of(source[1]))
        stage = STAGES[self.name]
        tool = self.build.tool(stage.PROGRAM)
        beside = self._beside([path_of(node) for node in source[2:]])
        key = (self.name, self.settings, named, sizes.sha256(before))

        def work() -> execution.StageResult:
            with progress.alive(f"{self.name} {target[0]}"):
                return execution.run(
                    stage,
                    self.settings,
                    before,
                    named,
                    tool=tool,
                    wasm_tools=self.build.tool("wasm-tools"),
                    timeout=self.timeout,
                    folder=self.build.work,
                    beside=beside,
                )

        write_result(self.build, target, self.build.results.get(key, work))

    def _beside(self, files: Sequence[Path]) -> execution.Beside:
        resource = self.settings.resource
        return execution.Beside(
            {
                str(f.relative_to(self.build.root / self.settings.folder)): f.read_bytes()
                for f in files
            },
            self.build.tool(resource) if resource else None,
        )


@dataclass(frozen=True)
class FeaturesRequest(Request):
    """The features of a module, as a JSON list of canonical names. Source: the module."""

    build: Build

    def signature(self) -> object:
        return identity(self.build, "wasm-tools"), signature.code(
            "stages/features.py", "wasm/features.py"
        )

    def make(self, target: Sequence[Node], source: Sequence[Node]) -> None:
        path = path_of(source[0])
        try:
            module = wasm.read_binary(path.read_bytes())
        except ModuleError as error:
            raise CheckError(f"{source[0]}: {error}") from None
        named = features.of_module(module, path, self.build.tool("wasm-tools"))
        records.FEATURES.write(Path(target[0].abspath), tuple(named))


@dataclass(frozen=True)
class FileSizeRequest(Request):
    """What a module weighs. Source: the module."""

    build: Build

    def signature(self) -> object:
        return sizes.compressors(), signature.code("sizes.py", "records")

    def make(self, target: Sequence[Node], source: Sequence[Node]) -> None:
        module = path_of(source[0]).read_bytes()
        packed = self.build.packed.get(sizes.sha256(module), lambda: sizes.compress(module))
        records.SIZE.write(Path(target[0].abspath), sizes.measure(module, packed))


@dataclass(frozen=True)
class UnstrippedRequest(Request):
    """An unstripped build, under its final name. Source: the module that kept its names."""

    def signature(self) -> object:
        return ()

    def make(self, target: Sequence[Node], source: Sequence[Node]) -> None:
        atomic.write_bytes(Path(target[0].abspath), path_of(source[0]).read_bytes())


@dataclass(frozen=True)
class RunRequest(Request):
    """A module's smoke run. Sources: the module; the module before it and that one's run; files.

    The run is one for all profiles that ask for the same, so the signature names what is asked.
    `follows`: there is a module before it.
    """

    build: Build
    profile: Profile
    compiler: str | None
    follows: bool

    def asked(self) -> object:
        """Give what decides how the run ends, besides the module."""
        run_limits = limits.of_run(self.profile.limits, self.compiler)
        imports = sorted(self.profile.contract.imports)
        smoke = self.profile.smoke
        assert smoke is not None
        return smoke.input, smoke.interface, smoke.call, self.profile.clock, imports, run_limits

    def signature(self) -> object:
        return self.asked(), signature.code("verify", "engine", "escaping.py")

    def files(self) -> list[str]:
        """Name the files that the run reads."""
        smoke = self.profile.smoke
        return [f"#{smoke.input}"] if smoke and smoke.input else []

    def make(self, target: Sequence[Node], source: Sequence[Node]) -> None:
        module = path_of(source[0])
        into = Path(target[0].abspath).parent
        before = (path_of(source[1]), path_of(source[2]).parent) if self.follows else None
        with progress.alive(f"run {module.name}"):
            verify.run_smoke(
                module, self.profile, self.compiler, self.build.root, into, before=before
            )


@dataclass(frozen=True)
class SizesRequest(Request):
    """`NAME.sizes.json`. Sources: features, a size a stage, a run a stage if any, and more."""

    build: Build
    name: str
    stages: tuple[str, ...]
    compiler: Chosen | None
    runs: bool

    def signature(self) -> object:
        return (
            self.name,
            self.stages,
            self.compiler,
            sizes.compressors(),
            signature.code("sizes.py", "records"),
        )

    def make(self, target: Sequence[Node], source: Sequence[Node]) -> None:
        count = len(self.stages)
        features, *rest = source
        measured, rest = rest[:count], rest[count:]
        runs, rest = (rest[:count], rest[count:]) if self.runs else ([None] * count, rest)
        rows = []
        for name, module, size, run in zip(self.stages, rest, measured, runs, strict=False):
            stage = beside(module, ".stage.json")
            made = stage.has_builder()
            record = records.STAGE.read(path_of(stage)) if made else stage_record.ready(name)
            fuel = verify.Run.read(path_of(run).parent).fuel if run else None
            rows.append((record, records.SIZE.read(path_of(size)), fuel))
        chosen = self.compiler
        first, fallback = rows[0][0], chosen is not None and chosen.fallback
        compiler = None
        if first.name == compilation.NAME:
            compiler = CompilerUsed(first.tool.name, first.tool.version, fallback)
        content = release.of_stages(
            self.name,
            compiler,
            records.FEATURES.read(path_of(features)),
            sizes.compressors(),
            rows,
            (chosen.note,) if chosen and chosen.note else (),
        )
        records.SIZES.write(Path(target[0].abspath), content)


@dataclass(frozen=True)
class VerifyRequest(Request):
    """`NAME.verify.json` and, where the verdict is good, the module under its final name.

    Sources: the module of each stage, the last one's size, a run a stage, further files.
    """

    build: Build
    name: str
    profile: Profile
    stages: tuple[str, ...]
    compiler: str | None

    def signature(self) -> object:
        p = self.profile
        judged = p.contract, p.limits, p.smoke, p.clock
        code = signature.code("verify", "check.py", "escaping.py", "records", "stages/features.py")
        return judged, self.stages, self.compiler, self._checker(), code

    def _checker(self) -> object:
        return identity(self.build, "wasm-tools")

    def files(self) -> list[str]:
        """Name the files that the verdict hangs on, besides the modules."""
        expect = self.profile.smoke.expect if self.profile.smoke else None
        named = [expect.picture, expect.bytes] if expect else []
        return [f"#{path}" for path in named if path]

    def make(self, target: Sequence[Node], source: Sequence[Node]) -> None:
        count = len(self.stages)
        modules = [path_of(node) for node in source[:count]]
        runs: list[Path | None] = [None] * count
        if self.profile.smoke:
            runs = [path_of(node).parent for node in source[count + 1 : count + 1 + count]]
        places = zip(self.stages, modules, runs, strict=True)
        verdict = verify.verify(
            self.profile,
            self.compiler,
            [verify.StageRun(*place) for place in places],
            records.SIZE.read(path_of(source[count])),
            wasm_tools=self.build.tool("wasm-tools"),
            root=self.build.root,
            into=self.build.work / "differences" / self.name,
        )
        records.VERIFICATION.write(Path(target[0].abspath), verdict.record(self.name))
        if not verdict.ok:
            faults = [f"  {c.name}: {c.detail}" for c in verdict.checks if not c.ok]
            where = os.path.relpath(modules[-1], self.build.root)
            raise CheckError("\n".join([f"{self.name}: the module {where} fails", *faults]))
        for delivered in target[1:]:
            atomic.write_bytes(Path(delivered.abspath), modules[-1].read_bytes())


def write_result(build: Build, target: Sequence[Node], result: execution.StageResult) -> None:
    """Write a module, its stage record, and how it was linked where that is a target; it last."""
    build.say(result.record.argv)
    records.STAGE.write(Path(target[1].abspath), result.record)
    for linked in target[2:]:
        atomic.write_bytes(Path(linked.abspath), result.linked or result.module)
    atomic.write_bytes(Path(target[0].abspath), result.module)


def identity(build: Build, *programs: str) -> object:
    """Say which programs these are: another version, file or pin is another identity."""
    found: list[tuple[str, str, str, bool]] = []
    for program in programs:
        try:
            tool: Tool = build.tool(program)
            found.append((program, tool.version, tool.digest, tool.pinned))
        except ToolError:
            found.append((program, "", "", False))  # the action will say what is missing
    return tuple(found)

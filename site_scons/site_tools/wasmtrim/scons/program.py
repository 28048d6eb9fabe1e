"""A Go program as a build sees it: which files it is made of, which programs compile it."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import wait
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from SCons.Node import Node
from SCons.Script import Entry, File, GetOption

from wasmtrim.compilers import compilation, go, sources, tinygo, tinygo_target, workspace
from wasmtrim.errors import ToolError, WasmtrimError
from wasmtrim.profile import Compiler, Profile
from wasmtrim.scons.build import Build, only_looks
from wasmtrim.toolchain.locate import Tool


@dataclass(frozen=True)
class Program:
    """A Go program, which compiler builds it, and how. `folder` is that of its main package."""

    build: Build
    compiler: str
    settings: Compiler
    folder: Path

    @property
    def key(self) -> object:
        """What tells it from other programs of a build."""
        return self.compiler, repr(self.settings), self.folder

    @cached_property
    def go_work(self) -> workspace.Workspace:
        """The go.work that counts."""
        return workspace.find(self.folder, self.build.root)

    @property
    def with_tinygo(self) -> bool:
        """Whether TinyGo compiles it."""
        return self.compiler == tinygo.NAME

    def files(self) -> tuple[Node, ...]:
        """Return the files that the program is made of; none where scons doesn't ask for them.

        Raises WasmtrimError where that can't be told, and something is to be built.
        """
        if GetOption("clean") or GetOption("help"):
            return ()  # neither asks what is up to date
        if asked := self.build.asked.get(self.key):
            wait([asked])  # its answer is kept; why there is none shows when it is asked again
        try:
            return tuple(File(str(file)) for file in self.listed().files)
        except WasmtrimError:
            if not only_looks():
                raise
            return ()

    def programs(self) -> compilation.Programs:
        """Find the compiler, and what it calls in turn."""
        compiler = self.build.tool(self.compiler)
        own = f"{compiler.name}-{compiler.version}-{compiler.digest[:8]}"
        return compilation.Programs(
            go=self.build.tool("go"),
            wasm_tools=self.build.tool("wasm-tools"),
            cache=self.build.locator.store.folder / "compilers" / own,
            tinygo=compiler if self.with_tinygo else None,
            wasm_opt=self._wasm_opt() if self.with_tinygo else None,
            workspace=self.go_work.file,
        )

    def _wasm_opt(self) -> Tool | None:
        try:
            return self.build.tool("wasm-opt")
        except ToolError:
            return None  # TinyGo's releases bring one; a TinyGo without says what it lacks

    def listed(self) -> sources.GoProgram:
        """Ask what the program is made of; the answer is kept."""
        go = self.build.tool("go")
        programs = self.programs()
        env = programs.environment(self.settings, self.build.work)
        tags = self.settings.tags
        if self.with_tinygo:
            seen = tinygo_target.of_target(self.settings, programs.compiler, env, self.build.work)
            env |= {"GOOS": seen.goos, "GOARCH": seen.goarch}
            tags = seen.tags
        if only_looks():
            env["GOPROXY"] = "off"  # a module that isn't here is not fetched to be looked at
        question = sources.Question(
            folder=self.folder,
            tags=tags,
            go=go.argv,
            environment={**env, **go.env},
            identity=repr((self.compiler, self.build.identity("go"))),
        )
        return sources.program(question, self.build.work / "sources")


def of_profile(build: Build, profile: Profile, compiler: str) -> Program:
    """Return the program of a profile; its settings are those that the compiler heeds."""
    heeded = go.FIELDS if compiler == go.NAME else tinygo.FIELDS
    given = {field: getattr(profile.compiler, field) for field in heeded}
    settings = Compiler.model_validate({**given, "name": compiler})
    folder = Path(Entry(f"#{profile.source}").srcnode().abspath)
    return Program(build, compiler, settings, folder)


def ask_ahead(programs: Sequence[Program]) -> None:
    """Let several be asked what they are made of, while SCons reads on."""
    if only_looks():
        return
    from concurrent.futures import ThreadPoolExecutor  # not while Python ends, which imports us too

    with_all = ThreadPoolExecutor(GetOption("num_jobs"))
    for program in programs:
        asked = program.build.asked
        if program.key not in asked:
            asked[program.key] = with_all.submit(program.listed)
    with_all.shutdown(wait=False)

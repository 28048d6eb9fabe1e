"""What the node of a compiled module was asked to be, and which files its program is made of."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from SCons.Node import Node
from SCons.Script import GetOption

from wasmtrim.compilers import compilation, environment, sources, tinygo_target
from wasmtrim.errors import ToolError, WasmtrimError
from wasmtrim.profile import Compiler
from wasmtrim.scons import progress, signature
from wasmtrim.scons.build import Build, only_looks
from wasmtrim.scons.requests import Request, identity, write_result
from wasmtrim.toolchain.locate import Tool

LINKED = ".linked.wasm"  # beside a module of TinyGo: what it was before TinyGo's own optimizer


@dataclass(frozen=True)
class CompileRequest(Request):
    """A module out of a Go program. Sources: its files; the program is the folder `source`."""

    build: Build
    name: str
    settings: Compiler
    source: Path
    timeout: float

    @property
    def stage(self) -> str:
        """The stage that the module comes from."""
        return compilation.NAME

    def signature(self) -> object:
        code = signature.code("compilers", "stages/execution.py", "records/stage.py")
        programs = ("go", "tinygo", "wasm-opt") if self.name == "tinygo" else ("go",)
        # Where the checkout lies does not matter, which program of it is built does.
        source = os.path.relpath(self.source, self.build.root)
        return self.name, self.settings, source, identity(self.build, *programs), code

    def files(self) -> list[str]:
        """Name the files that the program is made of; none where scons doesn't ask for them.

        Raises WasmtrimError where that can't be told, and something is to be built.
        """
        if GetOption("clean") or GetOption("help"):
            return []  # neither asks what is up to date
        try:
            return [str(file) for file in self.program().files]
        except WasmtrimError:
            if not only_looks():
                raise
            return []

    def make(self, target: Sequence[Node], source: Sequence[Node]) -> None:  # noqa: ARG002
        programs = self.programs()
        compiled = compilation.with_tinygo if self.name == "tinygo" else compilation.with_go
        with progress.alive(f"compile {target[0]}"):
            result = compiled(
                self.settings, self.source, programs, timeout=self.timeout, folder=self.build.work
            )
        record = dataclasses.replace(result.record, groups=self.program().groups)
        write_result(self.build, target, dataclasses.replace(result, record=record))

    def programs(self) -> compilation.Programs:
        """Find the compiler, and what it calls in turn."""
        compiler = self.build.tool(self.name)
        own = f"{compiler.name}-{compiler.version}-{compiler.digest[:8]}"
        return compilation.Programs(
            go=self.build.tool("go"),
            wasm_tools=self.build.tool("wasm-tools"),
            cache=self.build.locator.store.folder / "compilers" / own,
            tinygo=compiler if self.name == "tinygo" else None,
            wasm_opt=self._wasm_opt() if self.name == "tinygo" else None,
        )

    def _wasm_opt(self) -> Tool | None:
        try:
            return self.build.tool("wasm-opt")
        except ToolError:
            return None  # TinyGo's releases bring one; a TinyGo without says what it lacks

    def program(self) -> sources.GoProgram:
        """Ask what the program is made of; the answer is kept."""
        go = self.build.tool("go")
        programs = self.programs()
        env = environment.fixed(programs.path, self.build.work)
        tags = self.settings.tags
        if self.name == "tinygo":
            env = environment.for_tinygo(env, programs.cache)
            seen = tinygo_target.of_target(self.settings, programs.compiler, env, self.build.work)
            env |= {"GOOS": seen.goos, "GOARCH": seen.goarch}
            tags = seen.tags
        if only_looks():
            env["GOPROXY"] = "off"  # a module that isn't here is not fetched to be looked at
        question = sources.Question(
            folder=self.source,
            tags=tags,
            go=go.argv,
            environment={**env, **go.env},
            identity=repr((self.name, identity(self.build, "go"))),
        )
        return sources.program(question, self.build.work / "sources")

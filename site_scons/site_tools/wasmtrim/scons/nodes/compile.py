"""A module out of a Go program, by TinyGo or by standard Go."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from SCons.Node import Node

from wasmtrim.compilers import compilation
from wasmtrim.errors import UsageError
from wasmtrim.profile import Compiler
from wasmtrim.scons import progress, variables
from wasmtrim.scons.build import Build, beside
from wasmtrim.scons.builder_names import COMPILERS
from wasmtrim.scons.nodes.module import ModuleSpec
from wasmtrim.scons.program import Program
from wasmtrim.scons.signature import Code

_CODE = Code("compilers", "stages/execution.py", "records/stage.py")


@dataclass(frozen=True)
class CompileSpec(ModuleSpec):
    """A module out of a Go program. `files` are the program's."""

    program: Program
    timeout: float
    files: tuple[Node, ...]

    @property
    def builder(self) -> str:
        return COMPILERS[self.program.compiler]

    @property
    def stage(self) -> str:
        return compilation.NAME

    @property
    def linked(self) -> Node | None:
        return beside(self.target, ".linked.wasm") if self.program.with_tinygo else None

    def signature(self) -> object:
        asked = self.program
        called = ("go", "tinygo", "wasm-opt") if asked.with_tinygo else ("go",)
        # Where the checkout lies does not matter, which program of it is built does.
        folder = os.path.relpath(asked.folder, self.build.root)
        programs = self.build.identity(*called)
        used = asked.go_work
        within = os.path.relpath(used.file, asked.folder) if used.file else used.note
        return asked.compiler, asked.settings, folder, within, programs, _CODE.digest()

    def make(self) -> None:
        asked = self.program
        compiled = compilation.with_tinygo if asked.with_tinygo else compilation.with_go
        with progress.alive(f"compile {self.target}"):
            result = compiled(
                asked.settings,
                asked.folder,
                asked.programs(),
                timeout=self.timeout,
                folder=self.build.work,
            )
        note = asked.go_work.note
        notes = (*result.record.notes, *([note] if note else ()))
        record = dataclasses.replace(result.record, groups=asked.listed().groups, notes=notes)
        self.write(dataclasses.replace(result, record=record))


def compiled(build: Build, target: Node, program: Program, timeout: float) -> CompileSpec:
    """Specify the module of a program; asks which files the program is made of."""
    return CompileSpec(build, target, program, timeout, program.files())


def reader(compiler: str) -> Callable[[Build, Any, Node, list[Node]], CompileSpec]:
    """Return what reads a call of a compiler's builder."""
    builder = COMPILERS[compiler]

    def read(build: Build, env: Any, target: Node, source: list[Node]) -> CompileSpec:
        defaults = {key: field.default for key, field in Compiler.model_fields.items()}
        given = {**variables.read(env, builder, defaults), "name": compiler}
        folder = Path(source[0].srcnode().abspath)
        program = Program(build, compiler, _settings(builder, given), folder)
        timeout = variables.timeout(env, builder, compilation.NAME)
        return compiled(build, target, program, timeout)

    return read


def _settings(builder: str, given: Mapping[str, Any]) -> Compiler:
    try:
        return Compiler.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = str(first["loc"][0])
        name = variables.name_of(builder, key)
        raise UsageError(f"{name}={given[key]!r}: {first['msg']}") from None

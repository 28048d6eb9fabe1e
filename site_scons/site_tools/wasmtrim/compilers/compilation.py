"""Compile: run a compiler on a Go program, and note what it was asked and what it answered."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from wasmtrim import atomic, process
from wasmtrim.compilers import environment, go, sources, tinygo
from wasmtrim.errors import ToolError
from wasmtrim.profile import Compiler
from wasmtrim.records import StageRecord, ToolUsed
from wasmtrim.sizes import estimate
from wasmtrim.stages.execution import StageResult, attempt, failure, result, workspace
from wasmtrim.stages.job import OUT
from wasmtrim.toolchain import newer_go, refused_go
from wasmtrim.toolchain.locate import Tool

NAME = "compile"


@dataclass(frozen=True)
class Programs:
    """The programs of a compilation. `go` compiles, or lends `tinygo` its library.

    `wasm_opt` is for a TinyGo that brings none of its own. `cache` is a folder of this compiler's
    own, for what it builds only once. `workspace` is the go.work that counts.
    """

    go: Tool
    wasm_tools: Tool
    cache: Path
    tinygo: Tool | None = None
    wasm_opt: Tool | None = None
    workspace: Path | None = None

    @property
    def compiler(self) -> Tool:
        """The program that compiles."""
        return self.tinygo or self.go

    @property
    def path(self) -> tuple[Path, ...]:
        """The folders that lead the compiler's PATH: TinyGo calls the first `go` on it."""
        return (Path(self.go.argv[0]).parent,)

    def environment(self, settings: Compiler, work: Path, *lent: Path) -> dict[str, str]:
        """Return the compiler's environment; `lent` are further folders of its PATH."""
        path = (*self.path, *lent)
        fixed = environment.fixed(path, work, self.workspace, settings.experiment)
        return environment.for_tinygo(fixed, self.cache) if self.tinygo else fixed

    def chosen(self, settings: Compiler, source: Path) -> dict[str, str]:
        """Return what profile and project add to the environment, the same on any machine."""
        own = {"GOEXPERIMENT": ",".join(settings.experiment)} if settings.experiment else {}
        if self.workspace:
            own["GOWORK"] = os.path.relpath(self.workspace, source)
        return own

    def lend(self, folder: Path) -> None:
        """Write scripts into `folder` that run our wasm-opt and wasm-tools, for TinyGo to call.

        They are scripts, as our command may have several words, and PATH finds a single program.
        TinyGo calls wasm-tools for its target wasip2.
        """
        folder.mkdir()
        for tool in filter(None, (self.wasm_opt, self.wasm_tools)):
            program = folder / tool.name
            program.write_text(f'#!/bin/sh\nexec {process.shown(tool.argv)} "$@"\n')
            program.chmod(0o755)


def with_go(
    settings: Compiler, source: Path, programs: Programs, *, timeout: float, folder: Path
) -> StageResult:
    """Compile the program in the folder `source` with standard Go.

    `timeout` is in seconds; `folder` is where temporary files go. Raises ToolError with the
    compiler's own words when it fails, or when what it leaves is not a module.
    """
    with workspace(folder) as work:
        run = _Run(programs, settings, source, work, timeout, programs.environment(settings, work))
        arguments = go.arguments(settings)
        return run.result(arguments, run.build(arguments))


def with_tinygo(
    settings: Compiler, source: Path, programs: Programs, *, timeout: float, folder: Path
) -> StageResult:
    """Compile the program in the folder `source` with TinyGo.

    `folder` also remembers which TinyGo refuses `-ldflags "-s -w"`: each is asked once. Raises
    ToolError as `with_go` does.
    """
    refusal = folder / f"tinygo-{programs.compiler.digest[:16]}-refuses-s-w"
    with workspace(folder) as work:
        run = _tinygo(settings, source, programs, work, timeout)
        arguments = tinygo.arguments(settings, bare=not refusal.exists())
        finished = run.build(arguments)
        if tinygo.refused_bare(finished):
            atomic.write_text(refusal, finished.said)
            arguments = tinygo.arguments(settings, bare=False)
            finished = run.build(arguments)
        if words := refused_go(programs.compiler, finished.said):
            raise ToolError(f"{NAME}: {words}")
        if tinygo.excluded(finished):
            tags = f", the tags {', '.join(settings.tags)}" if settings.tags else ""
            has = f"{settings.target}{tags}, Go {programs.go.version}"
            lines = [*sources.constraints(source), f"this build has: {has}"]
            raise ToolError(
                f"{NAME}: {source}: all Go files are for another build\n  " + "\n  ".join(lines)
            )
        notes = []
        if not programs.go.pinned:
            notes.append(
                f"TinyGo used Go {programs.go.version}, which is not proven to be the pinned one"
            )
        if settings.debug:
            notes.append(tinygo.DEBUG_NOTE)
        elif refusal.exists():
            notes.append(tinygo.REFUSAL_NOTE)
        return run.result(arguments, finished, tuple(notes), linked=tinygo.linked(work))


@dataclass(frozen=True)
class Debugged:
    """A module as the linker wrote it, with DWARF.

    `linker_map` is the map of wasm-ld, "" for another linker. `roots` are the folders of sources
    outside the project, by name: TinyGo's, Go's and the module cache.
    """

    module: bytes
    linker_map: str
    roots: Mapping[str, Path]


def debug_with_tinygo(
    settings: Compiler, source: Path, programs: Programs, *, timeout: float, folder: Path
) -> Debugged:
    """Compile as `with_tinygo` does, but with debug information.

    Raises ToolError when that fails.
    """
    with workspace(folder) as work:
        run = _tinygo(settings, source, programs, work, timeout)
        told = run.build(("env", *tinygo.ROOTS))
        copies = work / "lent" / "copies"
        copies.write_text(tinygo.COPIES)
        copies.chmod(0o755)
        # Only the output of the linker is needed, so the optimizer is replaced by a copy.
        run = dataclasses.replace(run, environment={**run.environment, "WASMOPT": str(copies)})
        written = work / "linker.map"
        asked = settings.model_copy(update={"debug": True})
        arguments = tinygo.arguments(asked, bare=False, linker_map=written)
        finished = run.build(arguments)
        if finished.status != 0:
            raise failure(NAME, programs.compiler, arguments, finished)
        module = (tinygo.linked(work) or work / OUT).read_bytes()
        answers = told.stdout.decode().splitlines() if told.status == 0 else ()
        roots = {f"${name}": Path(path) for name, path in zip(tinygo.ROOTS, answers, strict=False)}
        if "$GOPATH" in roots:
            kept = roots.pop("$GOPATH") / "pkg" / "mod"
            roots["$GOMODCACHE"] = Path(run.environment.get("GOMODCACHE", kept))
        linker_map = written.read_text(errors="replace") if written.exists() else ""
        return Debugged(module, linker_map, roots)


def _tinygo(
    settings: Compiler, source: Path, programs: Programs, work: Path, timeout: float
) -> _Run:
    lent = work / "lent"
    programs.lend(lent)
    env = programs.environment(settings, work, lent)
    return _Run(programs, settings, source, work, timeout, env)


@dataclass(frozen=True)
class _Run:
    """One compiler, on one program, in one workspace."""

    programs: Programs
    settings: Compiler
    source: Path
    work: Path
    timeout: float
    environment: Mapping[str, str]

    def build(self, arguments: Sequence[str]) -> process.Finished:
        """Run the compiler; how it ended is the caller's to judge."""
        placed = [str(self.work / OUT) if word == OUT else word for word in arguments]
        return attempt(
            NAME,
            self.programs.compiler,
            placed,
            cwd=self.source,
            env=self.environment,
            timeout=self.timeout,
        )

    def result(
        self,
        arguments: Sequence[str],
        finished: process.Finished,
        notes: tuple[str, ...] = (),
        linked: Path | None = None,
    ) -> StageResult:
        """Take what the compiler left; `linked` is its module before its own optimizer."""
        compiler = self.programs.compiler
        if finished.status != 0:
            if words := newer_go(finished.said):
                raise ToolError(f"{NAME}: {words}")
            raise failure(NAME, compiler, arguments, finished)
        argv = (compiler.name, *arguments)
        module = result(NAME, argv, self.work / OUT, None, self.programs.wasm_tools).data
        before = linked.read_bytes() if linked else None
        notes = (*notes, *self._undefined(before or module))
        size = estimate(before) if before else None
        used = ToolUsed(compiler.name, compiler.version, compiler.pinned)
        env = self.programs.chosen(self.settings, self.source)
        record = StageRecord(NAME, used, argv, finished.seconds, notes, size, env=env)
        return StageResult(module, record, before)

    def _undefined(self, module: bytes) -> Iterator[str]:
        """Name the variables whose text `define` gives and the module does not have.

        The linkers say nothing of them; TinyGo's keeps a variable's own value up to 0.41.
        """
        why = "is unused or no string variable"
        if self.programs.tinygo:
            why += ", or has a value in the source, which TinyGo before 0.42 keeps"
        for name, text in self.settings.define.items():
            if text.encode() not in module:
                yield f"define: the module does not have the text for {name}: it {why}"

"""By trial, which no matrix replaces: each main package, compiled by the compilers at hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from wasmtrim import wasm
from wasmtrim.assess.assessment import Build, Finding, Said
from wasmtrim.assess.facts import Main
from wasmtrim.compilers import compilation
from wasmtrim.compilers.compilation import Programs
from wasmtrim.errors import ToolError
from wasmtrim.escaping import printable
from wasmtrim.profile.model import Compiler
from wasmtrim.stages import execution, features
from wasmtrim.stages.execution import StageResult
from wasmtrim.toolchain import Locator, Missing

SECONDS: Final = 600.0
_QUOTED = "  | "  # before each line of a compiler, in the message of a failed compilation


@dataclass(frozen=True)
class Trial:
    """What a compiler made of a main package: `module` is None where it failed.

    `features` are those that the module uses.
    """

    main: Main
    build: Build
    module: bytes | None
    features: tuple[str, ...] = ()


def build(root: Path, mains: Iterable[Main], locator: Locator, cache: Path) -> list[Trial]:
    """Compile each main package below `root` with Go, and with TinyGo where it is at hand."""
    return [
        _trial(root, main, name, programs, compile_)
        for main in mains
        for name, programs, compile_ in _compilers(locator, cache)
    ]


_Compile = Callable[..., StageResult]


def _compilers(locator: Locator, cache: Path) -> Iterator[tuple[str, Programs, _Compile]]:
    go, wasm_tools = locator.find("go"), locator.find("wasm-tools")
    yield "go", Programs(go, wasm_tools, cache / "go"), compilation.with_go
    try:
        tinygo = locator.find("tinygo", fetch=False)
    except Missing:
        return
    kept = cache / f"tinygo-{tinygo.digest[:16]}"
    programs = Programs(go, wasm_tools, kept, tinygo)
    yield "tinygo", programs, compilation.with_tinygo


def _trial(root: Path, main: Main, name: str, programs: Programs, compile_: _Compile) -> Trial:
    settings = Compiler.model_validate({"name": name})
    source = (root / main.folder).resolve()
    said: tuple[Said, ...] = ()
    module = None
    used: tuple[str, ...] = ()
    try:
        made = compile_(settings, source, programs, timeout=SECONDS, folder=programs.cache)
        module = made.module
        used = _features(module, programs)
    except ToolError as error:
        said = tuple(_said(str(error), main.folder))
    compiler = programs.compiler
    size = None if module is None else len(module)
    return Trial(
        main, Build(main.package, compiler.name, compiler.version, size, said), module, used
    )


def _features(module: bytes, programs: Programs) -> tuple[str, ...]:
    with execution.workspace(programs.cache) as work:
        path = work / "module.wasm"
        path.write_bytes(module)
        return features.of_module(wasm.read_binary(module), path, programs.wasm_tools)


def _said(message: str, folder: str) -> Iterator[Said]:
    """The compiler's lines in the message of a failed compilation, by file and line."""
    quoted = [line.removeprefix(_QUOTED) for line in message.splitlines() if _QUOTED in line[:4]]
    for line in quoted or message.splitlines()[:1]:
        file, _, rest = line.partition(":")
        number, _, text = rest.partition(":")
        if line.startswith("#"):  # go build's heading, a package
            continue
        if not number.isdecimal():
            yield Said("", 0, printable(line.strip()))
            continue
        column, _, after = text.partition(":")
        text = after if column.isdecimal() else text
        at = Path(file) if Path(file).is_absolute() else _below(folder, file)
        yield Said(printable(at.as_posix()), int(number), printable(text.strip()))


def _below(folder: str, file: str) -> Path:
    """A path relative to the package's folder, made relative to the root."""
    parts: list[str] = []
    for part in (*Path(folder).parts, *Path(file).parts):
        if part == ".." and parts and parts[-1] != "..":
            parts.pop()
        else:
            parts.append(part)
    return Path(*parts)


def attached(builds: Iterable[Build], findings: Iterable[Finding]) -> tuple[Build, ...]:
    """The builds, with each message led to the finding at its place."""
    places = {
        (f.file, f.line): index
        for index, f in enumerate(findings)
        if f.line and f.severity != "works"
    }
    return tuple(
        replace(
            build,
            said=tuple(replace(s, finding=places.get((s.file, s.line))) for s in build.said),
        )
        for build in builds
    )

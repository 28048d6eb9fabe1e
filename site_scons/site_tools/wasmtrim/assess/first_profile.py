"""The first profile of a program that was built by trial, or of a ready module."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby, takewhile
from pathlib import Path
from typing import Final

from wasmtrim import atomic, sizes, wasm
from wasmtrim.assess.trial import Trial
from wasmtrim.errors import CheckError, UsageError
from wasmtrim.nn import abi
from wasmtrim.profile import FOLDER
from wasmtrim.profile.inherit import NAME
from wasmtrim.profile.values import IMPORT_FORM
from wasmtrim.wasm import Binary, Component

_SCONSTRUCT: Final = """\
import wasmtrim

env = Environment(tools=[wasmtrim.generate])
env.WasmRelease("config/profiles")
Default("release")
"""
_NN: Final = """\
nn: {}                # the host functions of WASI-NN; models: FOLDER, for those with a name
"""
_METRIC: Final = """\
# metric: gzip        # what it is to be small in: raw, gzip or brotli; take the mark away
"""
_SMOKE: Final = """\
# What proves that the module works: a known input, and what it must print. Fill it in, and take the
# marks away; without it the module is built and checked, but never run.
# smoke:
#   input: config/smoke/NAME.bin      # stdin; none is an empty one
#   expect:
#     text: "what it prints\\n"        # or json, bytes, picture
"""
_SMOKE_CALL: Final = """\
# What proves that the module works: a call, and what it must return. Fill it in, and take the marks
# away; without it the module is checked, but never run.
# smoke:
#   call: {{export: {export}, args: [], returns: []}}
"""
_SMOKE_INTERFACE: Final = """\
# A component is checked, but not run, unless it exports an interface that wasmtrim can drive.
# smoke: {interface: "wasmtrim:gif/frame-stream@0.1.0", input: config/smoke/NAME.bin}
"""


def write(trials: Sequence[Trial], root: Path, project: Path) -> list[Path]:
    """Write a profile for each main package that a compiler could build, and an SConstruct where
    there is none. `root` is what the main packages' folders are relative to. Returns the files.

    Raises CheckError where nothing could be built, UsageError where a profile is there already or
    the sources lie outside of the project.
    """
    texts: dict[Path, str] = {}
    for main, tried in groupby(trials, key=lambda trial: trial.main):
        built = [trial for trial in tried if trial.module is not None]
        if not built:
            continue
        source = within(root / main.folder, project)
        path = project / FOLDER / f"{_name(source.name, main.package.rpartition('/')[2])}.yaml"
        if path in texts:
            raise UsageError(f"{path}: two main packages have this name; name the folder of one")
        texts[path] = _of_program(built, source, main.package)
    if not texts:
        raise CheckError("no main package was built, so there is no profile to write")
    return _written(texts, project)


def write_for_module(
    module: Path, data: bytes, features: Sequence[str], project: Path
) -> list[Path]:
    """Write a profile for a ready module or component, as `write` does.

    `features` are those that it uses. Raises UsageError as `write` does.
    """
    inside, binary = within(module, project), wasm.read_binary(data)
    metric = "" if isinstance(binary, Component) else _METRIC
    text = (
        f"description: {_quoted(inside.stem)}\n"
        f"module: {_quoted(inside.as_posix())}\n"
        f"{_contract([binary], features, 'those of the module')}"
        f"{metric}{_limits({'': data})}"
        f"{_smoke(binary)}"
    )
    return _written({project / FOLDER / f"{_name(inside.stem)}.yaml": text}, project)


def within(path: Path, project: Path) -> Path:
    """Return a path relative to the project; raises UsageError where it lies outside."""
    real = path.resolve()
    if not real.is_relative_to(project.resolve()):
        raise UsageError(f"{real}: outside of the project {project.resolve()}; run it there")
    return real.relative_to(project.resolve())


def _written(texts: dict[Path, str], project: Path) -> list[Path]:
    for path in texts:
        if path.exists():
            raise UsageError(f"{path}: there already; remove it to have it written again")
    if not (project / "SConstruct").exists():
        texts = {**texts, project / "SConstruct": _SCONSTRUCT}
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        atomic.write_text(path, text)
    return list(texts)


def _name(*candidates: str) -> str:
    return next((name for name in candidates if NAME.fullmatch(name)), "module")


def _of_program(built: Sequence[Trial], source: Path, package: str) -> str:
    modules = {trial.build.compiler: trial.module for trial in built if trial.module is not None}
    compiler = (
        "{name: tinygo, fallback: true}" if "tinygo" in modules else "{name: go}  # TinyGo: smaller"
    )
    versions = ", ".join(f"{t.build.compiler} {t.build.version}" for t in built)
    features = sorted({name for trial in built for name in trial.features})
    binaries = [wasm.read_binary(module) for module in modules.values()]
    return (
        f"description: {_quoted(package)}\n"
        f"source: {_quoted(source.as_posix())}\n"
        f"compiler: {compiler}\n"
        f"{_contract(binaries, features, f'those of the module that {versions} built')}"
        f"{_METRIC}{_limits(modules)}"
        f"{_SMOKE}"
    )


def _contract(binaries: Iterable[Binary], features: Sequence[str], whose: str) -> str:
    imports: dict[str, str] = {}
    exports: dict[str, str] = {}
    for binary in binaries:
        for entry in binary.imports:
            key = _key(entry.key)
            if key == entry.key and not re.fullmatch(IMPORT_FORM, key):  # it has no dot
                key += "*"
            imports[key] = str(entry.type) if key == entry.key else "any"
        for export in binary.exports:
            # How big a memory or a table begins is not what the host asks for.
            kind = export.type.kind
            type_ = kind if kind in ("memory", "table") else str(export.type)
            key = _key(export.name)
            exports[key] = type_ if key == export.name else "any"
    return (
        "contract:\n"
        f"  features: [{', '.join(features)}]  # {whose}\n"
        f"  imports:{_map(imports)}"
        f"  exports:{_map(exports)}"
        f"{_NN if any(key.startswith(f'{abi.MODULE}.') for key in imports) else ''}"
    )


def _key(name: str) -> str:
    """A name as a contract's key: a prefix of it, where it has what a key may not have."""
    plain = "".join(takewhile(lambda c: c.isprintable() and c != "*", name[:500]))
    return name if plain == name else f"{plain}*"


def _map(entries: Mapping[str, str]) -> str:
    lines = "".join(f"    {_quoted(key)}: {_quoted(entries[key])}\n" for key in sorted(entries))
    return f"\n{lines}" if lines else " {}\n"


def _limits(modules: Mapping[str, bytes]) -> str:
    """What each compiler's module has; that of no compiler is ready."""
    measured = {name: sizes.measure(module) for name, module in modules.items()}
    raw = {name: size.raw for name, size in measured.items()}
    gzip = {name: size.gzip for name, size in measured.items()}
    return (
        "limits:               # bytes before any stage; lower them to what your host allows\n"
        f"  raw: {_by_compiler(raw)}\n"
        f"  gzip: {_by_compiler(gzip)}\n"
    )


def _by_compiler(values: Mapping[str, int]) -> str:
    if "" in values:
        return str(values[""])
    return f"{{{', '.join(f'{name}: {value}' for name, value in values.items())}}}"


def _smoke(binary: Binary) -> str:
    if isinstance(binary, Component):
        return _SMOKE_INTERFACE
    functions = [export.name for export in binary.exports if export.kind == "func"]
    if "_start" in functions or not functions:
        return _SMOKE
    called = next((name for name in functions if name != "_initialize"), functions[0])
    return _SMOKE_CALL.format(export=_quoted(called))


def _quoted(text: str) -> str:
    """A text in YAML's double quotes, with every character but plain ASCII escaped."""
    plain = (c if " " <= c <= "~" and c not in '"\\' else f"\\U{ord(c):08x}" for c in text)
    return f'"{"".join(plain)}"'

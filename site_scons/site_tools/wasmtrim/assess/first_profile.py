"""The first profile of a program that was built by trial: source, contract, a smoke run."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path
from typing import Final

from wasmtrim import atomic, wasm
from wasmtrim.assess.trial import Trial
from wasmtrim.errors import CheckError, UsageError
from wasmtrim.profile import FOLDER
from wasmtrim.profile.inherit import NAME
from wasmtrim.wasm import Module

_SCONSTRUCT: Final = """\
import wasmtrim

env = Environment(tools=[wasmtrim.generate])
env.WasmRelease("config/profiles")
Default("release")
"""
_SMOKE: Final = """\
# What proves that the module works: a known input, and what it must print. Fill it in, and take the
# marks away; without it the module is built and checked, but never run.
# smoke:
#   input: config/smoke/NAME.bin      # stdin; none is an empty one
#   expect:
#     text: "what it prints\\n"        # or json, bytes, picture
"""


def write(trials: Sequence[Trial], root: Path, project: Path) -> list[Path]:
    """Write a profile for each main package that a compiler could build, and an SConstruct where
    there is none. `root` is what the main packages' folders are relative to. Gives the files.

    Raises CheckError where nothing could be built, UsageError where a profile is there already or
    the sources lie outside of the project.
    """
    texts = {}
    for main, tried in groupby(trials, key=lambda trial: trial.main):
        built = [trial for trial in tried if trial.module is not None]
        if not built:
            continue
        source = (root / main.folder).resolve()
        if not source.is_relative_to(project.resolve()):
            raise UsageError(f"{source}: outside of the project {project.resolve()}; run it there")
        path = project / FOLDER / f"{_name(source, main.package)}.yaml"
        if path.exists() or path in texts:
            raise UsageError(f"{path}: there already; remove it, or assess another folder")
        texts[path] = _text(built, source.relative_to(project.resolve()), main.package)
    if not texts:
        raise CheckError("no main package was built, so there is no profile to write")
    if not (project / "SConstruct").exists():
        texts[project / "SConstruct"] = _SCONSTRUCT
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        atomic.write_text(path, text)
    return list(texts)


def _name(source: Path, package: str) -> str:
    name = source.name if NAME.fullmatch(source.name) else package.rpartition("/")[2]
    return name if NAME.fullmatch(name) else "module"


def _text(built: Iterable[Trial], source: Path, package: str) -> str:
    names = [trial.build.compiler for trial in built]
    imports: dict[str, str] = {}
    for trial in built:
        assert trial.module is not None
        module = wasm.read_binary(trial.module)
        assert isinstance(module, Module)
        imports |= {entry.key: str(entry.type) for entry in module.imports}
    compiler = (
        "{name: tinygo, fallback: true}" if "tinygo" in names else "{name: go}  # TinyGo: smaller"
    )
    listed = "".join(
        f"    {json.dumps(key)}: {json.dumps(imports[key])}\n" for key in sorted(imports)
    )
    versions = ", ".join(f"{t.build.compiler} {t.build.version}" for t in built)
    return (
        f"description: {json.dumps(package)}\n"
        f"source: {json.dumps(source.as_posix())}\n"
        f"compiler: {compiler}\n"
        "contract:\n"
        f"  imports:            # those of the module that {versions} built\n"
        f"{listed}"
        "  exports: {_start: func(), memory: memory}\n"
        f"{_SMOKE}"
    )

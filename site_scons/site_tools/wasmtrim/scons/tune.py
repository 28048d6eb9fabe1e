"""`scons tune profile=NAME`: search for the profile's recipe. An action, not a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from SCons.Node import Node

from wasmtrim import errors, process, records
from wasmtrim.compilers import compilation
from wasmtrim.errors import UsageError, WasmtrimError
from wasmtrim.profile import Compiler, Loaded
from wasmtrim.profile.inherit import shown
from wasmtrim.scons import progress
from wasmtrim.scons.build import DIST_FOLDER, Build, as_build_error, path_of
from wasmtrim.scons.nodes.compile import CompileSpec
from wasmtrim.scons.nodes.spec import spec_of
from wasmtrim.scons.options import Options
from wasmtrim.toolchain.locate import user_cache


def act(target: list[Node], source: list[Node], env: Any) -> None:  # noqa: ARG001 - SCons names them
    """Search for the recipe of a profile, and write it into its file if asked.

    The source is the compiled module. The target carries whose it is, by `attach`: SCons condenses
    an action, and would read the whole profile for it.
    """
    asked: _Asked = target[0].attributes.wasmtrim_tune
    try:
        _tune(asked.build, asked.loaded, asked.compiler, source[0], asked.options)
    except (WasmtrimError, OSError) as error:
        raise as_build_error(error, target[0]) from None


@dataclass(frozen=True)
class _Asked:
    build: Build
    loaded: Loaded
    compiler: str | None
    options: Options


def refuse(loaded: Loaded) -> None:
    """Refuse what cannot be tuned before anything is built. Raises UsageError."""
    if loaded.profile.metric is None:
        raise UsageError(f"{loaded.name}: the profile has no `metric`: raw, gzip or brotli")
    with errors.needed("tune"):
        import loky  # noqa: F401
        import optuna  # noqa: F401


def attach(
    target: Node, build: Build, loaded: Loaded, compiler: str | None, options: Options
) -> None:
    """Let the target carry whose recipe is searched for."""
    target.attributes.wasmtrim_tune = _Asked(build, loaded, compiler, options)


def _tune(
    build: Build, loaded: Loaded, compiler: str | None, compiled: Node, options: Options
) -> None:
    from wasmtrim.tune import subject, told, tuning, workers
    from wasmtrim.tune.candidate import Tools
    from wasmtrim.tune.live import Shown
    from wasmtrim.tune.subject import Subject

    name, metric = loaded.name, loaded.profile.metric
    assert metric is not None  # `refuse` saw to it
    tools, work = Tools.of(build.locator), user_cache() / "tune"

    def prepared(module: bytes) -> Subject:
        return subject.prepare(
            name, module, loaded.profile, compiler, metric, build.locator, build.root, work
        )

    given = prepared(path_of(compiled).read_bytes())
    # Flags that suit a compiler which stands in would be written for the one that is named.
    spec = spec_of(compiled) if compiler == loaded.profile.compiler.name else None
    scheduler = workers.at(options.scheduler, tools, work)
    dist = build.folder(DIST_FOLDER)
    try:
        with Shown(quiet=False) as live:
            record, _ = tuning.tune(
                given,
                tuning.Wanted(options.budget, options.seed),
                tools=tools,
                scheduler=scheduler,
                cache=work,
                into=dist / f"{name}.tune",
                stopped=process.is_stopping,
                tell=live.tell,
                compile_with=(lambda settings: prepared(_compiled(spec, settings)))
                if isinstance(spec, CompileSpec)
                else None,
            )
    finally:
        scheduler.close()
    records.TUNING.write(dist / f"{name}.tuning.json", record)
    print("\n".join([*told.lines(record), *_written(build, loaded, record, options)]), flush=True)


def _written(
    build: Build, loaded: Loaded, record: records.TuningRecord, options: Options
) -> Sequence[str]:
    """Put what was found into the profile's file, if asked to; show what changes there."""
    from wasmtrim.tune import pinned

    file: Path = loaded.files[0]
    label = str(shown(file, build.root))
    changed = ""
    if not pinned.is_asked_for(loaded.profile, record):
        changed = pinned.write(file, record, name=label, write=options.write)
    if not changed:
        return (f"{label} asks for this already: nothing to write",)
    wrote = f"wrote {label}" if options.write else "scons tune --write puts it into the profile"
    return (changed, wrote)


def _compiled(spec: CompileSpec, settings: Compiler) -> bytes:
    """Compile the program of a node with other settings."""
    asked = spec.program
    compile_it = compilation.with_tinygo if asked.with_tinygo else compilation.with_go
    with progress.alive(f"compile {spec.target} with other flags"):
        return compile_it(
            settings, asked.folder, asked.programs(), timeout=spec.timeout, folder=spec.build.work
        ).module

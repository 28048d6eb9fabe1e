"""`scons tune profile=NAME`: search for the profile's recipe. An action, not a file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from SCons.Node import Node

from wasmtrim import errors, process, records
from wasmtrim.errors import UsageError, WasmtrimError
from wasmtrim.profile import Loaded
from wasmtrim.profile.inherit import shown
from wasmtrim.scons.build import DIST_FOLDER, Build, as_build_error, path_of
from wasmtrim.scons.options import Options
from wasmtrim.toolchain.locate import user_cache

ALIAS = "tune"


def action(build: Build, loaded: Loaded, compiler: str | None, options: Options) -> Any:
    """Give the action that searches for a profile's recipe, and writes it into its file if asked.

    Its source is the compiled module.
    """

    def act(target: list[Node], source: list[Node], env: Any) -> None:  # noqa: ARG001
        try:
            _tune(build, loaded, compiler, path_of(source[0]).read_bytes(), options)
        except (WasmtrimError, OSError) as error:
            raise as_build_error(error, target[0]) from None

    return act


def _tune(
    build: Build, loaded: Loaded, compiler: str | None, module: bytes, options: Options
) -> None:
    with errors.needed("tune"):
        import loky  # noqa: F401
        import optuna  # noqa: F401
    from wasmtrim.tune import local, pinned, subject, told, tuning
    from wasmtrim.tune.candidate import Tools
    from wasmtrim.tune.live import Shown

    name, metric = loaded.name, loaded.profile.metric
    if options.profile is None:
        raise UsageError("scons tune takes one profile: profile=NAME")
    if metric is None:
        raise UsageError(f"{name}: the profile has no `metric`: raw, gzip or brotli")
    tools, work = Tools.of(build.locator), user_cache() / "tune"
    given = subject.prepare(
        name, module, loaded.profile, compiler, metric, build.locator, build.root, work
    )
    scheduler = local.Local(tools, work, os.cpu_count() or 1)
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
            )
    finally:
        scheduler.close()
    records.TUNING.write(dist / f"{name}.tuning.json", record)
    file: Path = loaded.files[0]
    label = str(shown(file, build.root))
    changed = pinned.write(file, record, name=label, write=options.write)
    wrote = f"wrote {label}" if options.write else "scons tune --write puts it into the profile"
    print("\n".join([*told.lines(record), changed, wrote]), flush=True)

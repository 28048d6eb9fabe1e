"""The SCons tool: puts the builders, `WasmRelease` and the table at the end into an environment."""

from __future__ import annotations

import atexit
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from SCons.Script import ARGUMENTS, AddOption, Dir, GetOption

from wasmtrim import atomic, process, regression
from wasmtrim.errors import WasmtrimError
from wasmtrim.reading import is_within
from wasmtrim.scons import builders, database, interrupt, options, status
from wasmtrim.scons.build import BUILD_FOLDER, DIST_FOLDER, Build, as_stop_error, only_looks
from wasmtrim.scons.cache import CheckedCacheDir
from wasmtrim.scons.release import Releases


def generate(env: Any) -> None:
    """Set up one environment. All environments of a run share its state."""
    try:
        releases = _state()
    except WasmtrimError as error:
        raise as_stop_error(error) from None
    builders.add(env, releases.build)
    env.SetDefault(CACHEDIR_CLASS=CheckedCacheDir)
    env.AddMethod(releases.add, "WasmRelease")


def _state() -> Releases:
    """Return the state of this run, which the project's root carries for all environments."""
    root = Dir("#")
    if not hasattr(root.attributes, "wasmtrim"):
        process.refuse_windows()
        AddOption("--deliver-anyway", dest="deliver_anyway", action="store_true", default=False)
        AddOption("--write", dest="write", action="store_true", default=False)
        chosen = options.read(
            ARGUMENTS, deliver_anyway=GetOption("deliver_anyway"), write=GetOption("write")
        )
        releases = Releases(Build(Path(root.abspath), verbose=chosen.verbose), chosen)
        interrupt.end_children()
        database.take_over()
        if not only_looks():
            for folder in (BUILD_FOLDER, DIST_FOLDER):
                atomic.clear(releases.build.folder(folder))
            for line in _links_out(releases.build):
                print(line, file=sys.stderr)
        # SCons has no other moment that comes after a failure, too.
        atexit.register(status.show, releases)
        root.attributes.wasmtrim = releases
    state: Releases = root.attributes.wasmtrim
    return state


def _links_out(build: Build) -> Iterator[str]:
    """Say which of the folders that we write into lie elsewhere, by a symbolic link."""
    for name in (BUILD_FOLDER, DIST_FOLDER, str(regression.FOLDER)):
        folder = build.folder(name)
        if folder.exists() and not is_within(folder, build.root):
            shown = folder.relative_to(build.root)
            yield f"wasmtrim: {shown} is outside of the project, in {folder.resolve()}"

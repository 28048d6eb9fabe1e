"""What is served, and within which bounds: from a profile, or from a module alone."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from wasmtrim.errors import UsageError
from wasmtrim.nn.settings import Settings, need_packages
from wasmtrim.profile import Limits, Serve
from wasmtrim.serve.bounds import Bounds
from wasmtrim.serve.modes import MODES
from wasmtrim.spelling import nearest
from wasmtrim.wasm.sections import MAGIC

MODULE_BYTES: Final = 256 << 20
MEMORY: Final = 512 << 20
ELEMENTS: Final = 1_000_000


@dataclass(frozen=True)
class Service:
    """`call` is `command`, `frame-stream`, or `export NAME`; "": what its exports tell."""

    label: str
    module: bytes
    media_type: str
    call: str
    mode: str
    workers: int
    bounds: Bounds
    nn: Settings | None = None


def load(name: str, root: Path, *, mode: str, workers: int | None = None) -> Service:
    """Take a profile of the project, or a module where `name` ends in .wasm.

    Raises UsageError where there is none, where it is not a module or too large a one, and where it
    does not allow the mode; ToolError where the profile needs packages that aren't there.
    """
    if mode not in MODES:
        known = f"{nearest(mode, [*MODES])}modes are {', '.join(MODES)}"
        raise UsageError(f"no mode {mode!r}: {known}")
    count = cpus() if workers is None else workers
    if not 1 <= count <= 1000:
        raise UsageError(f"--workers {count}: from 1 to 1000 are allowed")
    if name.endswith(".wasm"):
        if mode == "reused":
            raise UsageError(
                f"{name}: the mode reused is for profiles that say `serve: {{reusable: true}}`"
            )
        return _service(Path(name), Serve(), Limits(), None, "", mode, count)
    return _of_profile(name, root, mode, count)


def _of_profile(name: str, root: Path, mode: str, workers: int) -> Service:
    from wasmtrim import profile, records

    loaded = profile.load(name, root)
    serve, smoke = loaded.profile.serve, loaded.profile.smoke
    if mode == "reused" and not serve.reusable:
        raise UsageError(
            f"profile {loaded.name}: it does not say that an instance may answer many requests;"
            " set serve.reusable to true where it keeps nothing of them, or take another mode"
        )
    file = root / "dist" / f"{loaded.name}.wasm"
    if not file.is_file():
        raise UsageError(f"{file}: no such file; make it with scons release profile={name}")
    record = file.with_suffix(".sizes.json")
    release = records.SIZES.read(record) if record.exists() else None
    if serve.export:
        call = f"export {serve.export}"
    else:
        called_by = next((case.interface for case in smoke if case.interface), None)
        call = f"interface {called_by}" if called_by else ""
    compiled_by = release.compiler.name if release and release.compiler else None
    made = _service(file, serve, loaded.profile.limits, compiled_by, call, mode, workers)
    if loaded.profile.nn is None:
        return made
    need_packages()
    return replace(made, nn=loaded.profile.nn.settings(root, exact=False))


def _service(
    file: Path,
    serve: Serve,
    limits: Limits,
    compiler: str | None,
    call: str,
    mode: str,
    workers: int,
) -> Service:
    with file.open("rb") as opened:
        module = opened.read(MODULE_BYTES + 1)
    if len(module) > MODULE_BYTES:
        raise UsageError(f"{file}: more than {MODULE_BYTES:,} bytes; give a smaller module")
    if not module.startswith(MAGIC):
        raise UsageError(f"{file}: not a WebAssembly module: it begins with {module[:4]!r}")

    def of(name: str, otherwise: int) -> int:
        limit: int | None = getattr(limits, name).for_compiler(compiler)
        return otherwise if limit is None else limit

    bounds = Bounds(
        body=serve.body,
        output=of("output", 16 << 20),
        memory=of("memory", MEMORY),
        elements=of("table", ELEMENTS),
        seconds=of("seconds", 10),
        fuel=limits.fuel.for_compiler(compiler),
        queue=serve.queue,
    )
    return Service(file.name, module, serve.media_type, call, mode, workers, bounds)


def cpus() -> int:
    """The CPUs that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1

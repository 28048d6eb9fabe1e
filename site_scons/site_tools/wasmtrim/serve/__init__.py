"""A module over HTTP: an ASGI application, its workers, and the load that it is measured with.

The front process speaks HTTP, and queues; each worker is a process that runs one guest at a time,
since wasmtime's Python bindings are not thread safe. They talk over a socket pair.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.applications import Starlette


def application(
    name: str, *, root: Path | None = None, mode: str = "pooled", workers: int | None = None
) -> Starlette:
    """Return an application that serves a profile of the project `root`, or a module's file.

    Its workers start with its lifespan, or at the first request where it is mounted in another
    one that has its own. `root` is the current folder, `workers` the number of CPUs by default.
    Raises WasmtrimError where the module cannot be served so.
    """
    from wasmtrim.serve.app import make
    from wasmtrim.serve.service import load

    return make(load(name, root or Path.cwd(), mode=mode, workers=workers))

"""Starts the modules that handle untrusted data, each in a process of its own, by a JSON task."""

from __future__ import annotations

import json
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wasmtrim import process
from wasmtrim.errors import ToolError
from wasmtrim.process import Finished

if TYPE_CHECKING:
    from wasmtrim.process.template import Template

_MAIN = Path(__file__).with_name("child_main.py")
# Threads cost address space, and glibc would give each an arena of 64 MiB of it.
_ENV = {"RAYON_NUM_THREADS": "4", "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}


def ask(module: str, task: dict[str, Any], seconds: float) -> Finished | None:
    """Call `main` of a module, such as `engine.child`, with `task`; None if it takes `seconds`.

    The child has our search path for packages, no environment, and no session with us. It is forked
    from a process that has done what `prepare` of the module does, from the second one on. Raises
    ToolError when it cannot be started or lacks a package.
    """
    # It keeps what it compiles of us, as any Python does, unless we were told not to.
    kept = ["-B"] if sys.dont_write_bytecode else []
    argv = (sys.executable, "-I", "-S", *kept, str(_MAIN), module)
    paths = [str(Path(entry).absolute()) for entry in sys.path if entry]
    data = json.dumps({"sys_path": paths, **task}).encode()
    template = _template((*argv, json.dumps(paths)))
    try:
        finished = process.run(
            argv, timeout=seconds, env=_ENV, stdin=data, whole=True, template=template
        )
    except process.NoEnd:
        return None  # no failure of ours, but a finding
    if "ModuleNotFoundError" in finished.said:
        last = finished.said.splitlines()[-1]
        raise ToolError(f"{sys.executable}: {last}; install wasmtrim with what it depends on")
    return finished


@cache
def _template(argv: tuple[str, ...]) -> Template:
    from wasmtrim.process.template import Template

    return Template(argv, _ENV)

"""The process: a JSON task on stdin, what was proven as JSON on stdout."""

from __future__ import annotations

import json
import os
import resource
import sys
from types import ModuleType

MEMORY_BYTES = 3 << 30


def main() -> None:
    task = json.load(sys.stdin)
    sys.path[:] = task["sys_path"]
    # The wasmtrim that asks, as in engine/__main__.py.
    package = ModuleType("wasmtrim")
    package.__path__ = [os.path.dirname(os.path.dirname(os.path.abspath(__file__)))]  # noqa: PTH100, PTH120
    sys.modules[package.__name__] = package
    from wasmtrim.engine.rlimits import lower

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":  # macOS takes the limit and does not hold it
        lower(resource.RLIMIT_DATA, MEMORY_BYTES)
    from pathlib import Path

    from wasmtrim import records
    from wasmtrim.errors import ModuleError
    from wasmtrim.symbolic.modules import prove

    try:
        before, after = (Path(task[side]).read_bytes() for side in ("before", "after"))
        record = prove(before, after, task["seconds"])
    except ModuleError as error:
        raise SystemExit(str(error)) from None
    print(records.PROOF.text(record), end="")


if __name__ == "__main__":
    main()

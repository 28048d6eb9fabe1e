"""The process of a stage that is a function of ours: a JSON task on stdin, a JSON answer on stdout.

The module lies in the current folder, and the result is written beside it.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from types import ModuleType


def main() -> None:
    task = json.load(sys.stdin)
    sys.path[:] = task["sys_path"]
    # The wasmtrim that asks, whatever else is installed, and of its stages this one alone: the
    # others bring the reader of profiles with them.
    folder = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 - start-up time
    for name, path in (("wasmtrim", os.path.dirname(folder)), ("wasmtrim.stages", folder)):  # noqa: PTH120
        package = ModuleType(name)
        package.__path__ = [path]
        sys.modules[name] = package
    from wasmtrim.errors import WasmtrimError
    from wasmtrim.stages.job import IN, OUT, Unchanged

    stage = importlib.import_module(f"wasmtrim.stages.{task['stage']}")
    with open(IN, "rb") as file:  # noqa: PTH123
        before = file.read()
    try:
        result = stage.transform(stage.Settings(**task["settings"]), before)
    except WasmtrimError as error:
        answer = {"failed": str(error), "status": error.status}
    except MemoryError:
        answer = {"failed": "it needs more memory than it may have", "status": 3}
    else:
        if isinstance(result, Unchanged):
            answer = {"unchanged": result.reason}
        else:
            with open(OUT, "wb") as file:  # noqa: PTH123
                file.write(result.module)
            answer = {"notes": result.notes}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()

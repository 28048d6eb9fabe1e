"""The script of a child process: `child_main.py MODULE` calls `main` of that module with a task.

Started with `-I -S` by `child`, which gives the task as JSON on stdin.
"""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module
from types import ModuleType


def main() -> None:
    task = json.load(sys.stdin)
    sys.path[:] = task["sys_path"]
    # The wasmtrim that asks, not one that is installed besides; and by its path alone, since in a
    # folder of SCons tools there may be others' files of any name beside it. Of a package between,
    # the modules, without what it imports itself.
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120
    folder, _, module = sys.argv[1].rpartition(".")
    for name, path in (("wasmtrim", here), (f"wasmtrim.{folder}", os.path.join(here, folder))):  # noqa: PTH118
        package = ModuleType(name)
        package.__path__ = [path]
        sys.modules[name] = package
    import_module(f"wasmtrim.{folder}.{module}").main(task)


if __name__ == "__main__":
    main()

"""The child process: a line of JSON on stdout for each case of its task."""

from __future__ import annotations

import os
import resource
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wasmtrim.engine.sampling import Sampled

MEMORY_BYTES = 1 << 30
STACK_BYTES = 8 << 20  # of the main thread, more than a guest gets of it
IMAGE_BYTES = 16 << 20
WATCH_STACK_BYTES = 1 << 18  # a thread watches the cases, of the memory above


def prepare() -> None:
    """Import what every task needs; it starts no thread."""
    import wasmtime  # noqa: F401

    from wasmtrim.engine import answer, rlimits, run  # noqa: F401


def main(task: dict[str, Any]) -> None:
    """Run the cases, and end the process."""
    from wasmtrim.engine.answer import Answer
    from wasmtrim.engine.run import Program

    kind: type[Program] | type[Sampled] = Program
    if task["sampled"]:
        from wasmtrim.engine.sampling import Sampled

        kind = Sampled
    answer = Answer()
    with open(task["module"], "rb") as file:  # noqa: PTH123 - pathlib costs start-up time
        module = file.read()
    limit_process(task, len(module))
    threading.stack_size(WATCH_STACK_BYTES)
    program: Program | Sampled | None = None
    over = float("inf")
    for case in task["cases"]:
        if program and time.process_time() - program.compiling > over:
            break
        try:
            if program is None:
                program = kind(module, task, answer)
                over = time.process_time() - program.compiling + task["all_seconds"]
            ending = program.run(case)
        except MemoryError:
            if case is not task["cases"][0]:
                break  # in a process of its own it has the room of those before it
            ending = "instance", "it needs more memory than a run may have"
        answer.give(*ending)
    os._exit(0)


def limit_process(task: dict[str, Any], module_bytes: int) -> None:
    from wasmtrim.engine.rlimits import lower

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # One byte more than allowed, so that a file over the limit can be told from a full one. On
    # Linux the memory as it is at the start is a file as well, of up to 16 MiB, or twice its data.
    most = max(task["output"] + 1, IMAGE_BYTES, 2 * module_bytes)
    lower(resource.RLIMIT_FSIZE, most)
    lower(resource.RLIMIT_STACK, STACK_BYTES)
    # What is written to, not addresses: the engine reserves those of each memory as a whole. macOS
    # takes the limit and does not hold it.
    if sys.platform == "linux":
        lower(resource.RLIMIT_DATA, MEMORY_BYTES + task["nn_bytes"])

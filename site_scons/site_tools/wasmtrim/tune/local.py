"""Candidates in processes of this machine, by loky: it outlives a worker that is killed."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from wasmtrim.records import Outcome
from wasmtrim.tune.candidate import Task, Tools, evaluate
from wasmtrim.tune.scheduler import Stopped, retried

_IDLE_SECONDS = 60
_LOOK_SECONDS = 1.0  # whether the process that started us lives


class Local:
    """`jobs` processes; temporary files go below `folder`."""

    def __init__(self, tools: Tools, folder: Path, jobs: int) -> None:
        self._tools = tools
        self._folder = folder
        self._jobs = jobs
        self._executor: Any = None

    def run(
        self, tasks: Sequence[Task], blobs: Mapping[str, bytes], stopped: Stopped
    ) -> Iterator[tuple[int, Outcome]]:
        """Yield each outcome with its task's number, as they come; fewer once `stopped`."""

        def submit(task: Task) -> Any:
            needed = {name: blobs[name] for name in task.blobs}
            return self._workers().submit(evaluate, task, needed, self._tools, self._folder)

        yield from retried(tasks, submit, self.close, stopped)

    def close(self) -> None:
        """End the workers, whatever they do; their programs go with them."""
        if self._executor is not None:
            self._executor.shutdown(wait=True, kill_workers=True)
            self._executor = None

    def _workers(self) -> Any:
        if self._executor is None:
            from loky import ProcessPoolExecutor

            self._executor = ProcessPoolExecutor(
                self._jobs, timeout=_IDLE_SECONDS, initializer=_begin, initargs=(os.getpid(),)
            )
        return self._executor


def _begin(parent: int) -> None:
    """Leave ^C to the process that decides what becomes of us, and end where it is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    """End at once, and our programs by their reaper: nobody asks for what they make."""
    while os.getppid() == parent:
        time.sleep(_LOOK_SECONDS)
    os._exit(1)

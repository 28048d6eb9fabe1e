"""Candidates in processes of this machine, by loky: it outlives a worker that is killed."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from wasmtrim.records import Outcome
from wasmtrim.tune.candidate import Task, Tools, evaluate
from wasmtrim.tune.scheduler import Stopped, retried

_IDLE_SECONDS = 60


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
        """Give each outcome with its task's number, as they come; fewer once `stopped`."""

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
                self._jobs, timeout=_IDLE_SECONDS, initializer=_deaf
            )
        return self._executor


def _deaf() -> None:
    """Leave ^C to the process that decides what becomes of us."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

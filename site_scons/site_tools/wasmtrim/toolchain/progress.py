"""Shows how far a download is: a bar on a terminal, else a line now and then."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from wasmtrim.toolchain.download import Progress

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

_LINE_SECONDS = 10.0


@contextmanager
def showing(what: str, say: Callable[[str], None]) -> Iterator[Progress]:
    """Yield the progress of the download of `what` for the time of the block."""
    if not sys.stderr.isatty():
        yield _Lines(what, say)
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TransferSpeedColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("fetching {task.description}"), BarColumn(), DownloadColumn())
    with Bars(*columns, TransferSpeedColumn(), console=Console(stderr=True)) as bars:
        yield _Bar(bars, bars.add_task(what, total=None))


class _Lines(Progress):
    def __init__(self, what: str, say: Callable[[str], None]) -> None:
        self._what = what
        self._say = say
        self._next = 0.0

    def at(self, done: int, total: int | None) -> None:
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + _LINE_SECONDS
        of = f" of {total / 1e6:.1f}" if total else ""
        self._say(f"wasmtrim: fetching {self._what}: {done / 1e6:.1f}{of} MB")


class _Bar(Progress):
    def __init__(self, bars: Bars, task: TaskID) -> None:
        self._bars = bars
        self._task = task

    def at(self, done: int, total: int | None) -> None:
        self._bars.update(self._task, completed=done, total=total)

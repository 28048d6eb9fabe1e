"""The process groups of our programs, which `reaper.py` ends if we die."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path


class _Reaper:
    """The process that ends our programs' groups if we die. It starts with the first program."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._groups: set[int] = set()
        self._pipe: int | None = None

    def watch(self, group: int) -> None:
        with self._lock:
            self._groups.add(group)
            self._tell(b"+%d\n" % group)

    def forget(self, group: int) -> None:
        with self._lock:
            if group in self._groups:
                self._groups.discard(group)
                self._tell(b"-%d\n" % group)

    def _tell(self, line: bytes) -> None:
        if self._pipe is not None:
            try:
                os.write(self._pipe, line)
            except BrokenPipeError:  # somebody ended it
                os.close(self._pipe)
                self._pipe = None
        if self._pipe is None:
            self._pipe = self._started()
            for group in self._groups:
                os.write(self._pipe, b"+%d\n" % group)

    def _started(self) -> int:
        """Start the process; give our end of its pipe, which no program of ours inherits."""
        reads, writes = os.pipe()
        argv = (sys.executable, "-I", "-S", str(Path(__file__).with_name("reaper.py")))
        actions = [
            (os.POSIX_SPAWN_DUP2, reads, 0),
            (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
            (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
        ]
        try:
            os.posix_spawn(sys.executable, argv, {}, file_actions=actions)
        finally:
            os.close(reads)
        return writes


_reaper = _Reaper()

watch = _reaper.watch
forget = _reaper.forget

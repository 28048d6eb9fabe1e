"""Ends a computation that goes on for too long, between two of its operators."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

_LOOK_SECONDS: Final = 0.05
_IDLE_LOOKS: Final = 40  # after which the thread ends: the next computation starts another


class Deadline:
    """One thread looks after all computations of a process, which come one after the other.

    A thread for each would cost more than a small computation.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._lock = threading.Lock()
        self._running: tuple[Any, float] | None = None
        self._looking = False

    @contextmanager
    def over(self, options: Any) -> Iterator[None]:
        """Set `options.terminate`, of onnxruntime's RunOptions, when the time is over."""
        with self._lock:
            self._running = options, time.monotonic() + self.seconds
            if not self._looking:
                self._looking = True
                threading.Thread(target=self._look, daemon=True).start()
        try:
            yield
        finally:
            self._running = None

    def _look(self) -> None:
        idle = 0
        while True:
            time.sleep(_LOOK_SECONDS)
            with self._lock:
                running = self._running
                idle = 0 if running else idle + 1
                if idle > _IDLE_LOOKS:
                    self._looking = False
                    return
                if running and time.monotonic() >= running[1]:
                    running[0].terminate = True

"""The one thread that moves an engine's epoch on, and hears when a request shall stop."""

from __future__ import annotations

import select
import socket
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from wasmtrim.serve.exchange import STOP

if TYPE_CHECKING:
    from wasmtime import Engine

TICK_SECONDS: Final = 0.05


class Ticker(threading.Thread):
    """Owns `control`; `gone` is called at its end, when the other side of that is gone."""

    def __init__(
        self, engine: Engine, control: socket.socket, seconds: float, gone: Callable[[], None]
    ) -> None:
        super().__init__(daemon=True)
        self.engine = engine
        self.control = control
        self.gone = gone
        self.ticks = int(seconds / TICK_SECONDS) + 2
        self.lock = threading.Lock()
        self.number = 0  # of the request at work
        self.to_stop = 0  # the newest that was asked to stop; it may be still to come
        self.start()

    def begin(self, number: int) -> bool:
        """Tell which request is at work from now on; False where it shall stop already."""
        with self.lock:
            self.number = number
            return self.to_stop != number

    def end(self) -> bool:
        """The request at work ends; True where it was asked to stop."""
        with self.lock:
            stopped = self.to_stop == self.number
            self.number = 0
            return stopped

    def run(self) -> None:
        """Tick, and stop the request that the front names: its deadline is then passed at once."""
        with self.control:
            while True:
                if select.select([self.control], [], [], TICK_SECONDS)[0]:
                    message = self.control.recv(STOP.size, socket.MSG_WAITALL)
                    if len(message) < STOP.size:
                        break
                    self._stop(*STOP.unpack(message))
                self.engine.increment_epoch()
        self.gone()

    def _stop(self, number: int) -> None:
        with self.lock:
            self.to_stop = number
            for _ in range(self.ticks if number == self.number else 0):
                self.engine.increment_epoch()

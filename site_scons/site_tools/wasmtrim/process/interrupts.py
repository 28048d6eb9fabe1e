"""What asks us to stop: the programs at work are ended, and then it is handled."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from wasmtrim.errors import WasmtrimError

_ASKING_TO_END = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(WasmtrimError):
    """The run was asked to stop while the program was at work. That says nothing of the program."""


_stopping = threading.Event()


def stop_children() -> None:
    """End every program at work, gently first, and each that is started from now on.

    Each `run` that waits for one raises Interrupted. For a thread of its own, on a signal that
    arrives while others wait in `run`.
    """
    _stopping.set()


def is_stopping() -> bool:
    """Return whether `stop_children` was called."""
    return _stopping.is_set()


def go_on() -> None:
    """Let programs be started again: for what is left to do before we end."""
    _stopping.clear()


@contextmanager
def held_back() -> Iterator[list[int]]:
    """Hold back the signals that ask us to end; give those that come. At the end one is handled.

    A handler may raise between any two steps of the main thread: in the middle of Popen, and nobody
    knows of a program that runs; or while a lock of Popen is taken, and it is never released.
    """
    came: list[int] = []
    handlers: dict[int, Callable[[int, FrameType | None], object]] = {}
    if threading.current_thread() is threading.main_thread():
        found = {number: signal.getsignal(number) for number in _ASKING_TO_END}
        handlers = {number: handler for number, handler in found.items() if callable(handler)}
    try:
        for number in handlers:
            signal.signal(number, lambda number, _: came.append(number))
        yield came
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        if came:
            handlers[came[0]](came[0], None)

"""A sign of life from a stage that takes long."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from SCons.Script import GetOption

EVERY_SECONDS = 10.0


@contextmanager
def alive(what: str) -> Iterator[None]:
    """While the block runs, say every EVERY_SECONDS that `what` still does; not under `-s`."""
    if GetOption("silent"):
        yield
        return
    done = threading.Event()
    teller = threading.Thread(target=_tell, args=(what, done), daemon=True)
    teller.start()
    try:
        yield
    finally:
        done.set()
        teller.join()


def _tell(what: str, done: threading.Event) -> None:
    started = time.monotonic()
    while not done.wait(EVERY_SECONDS):
        seconds = time.monotonic() - started
        sys.stdout.write(f"{what}: at work for {seconds:.0f} s\n")
        sys.stdout.flush()

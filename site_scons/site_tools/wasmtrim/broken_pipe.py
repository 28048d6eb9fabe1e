"""A reader of standard output that leaves early, as `| head` does."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def tolerated() -> Iterator[None]:
    """End the block where the reader has left, without an error; flush standard output.

    What is written afterwards goes nowhere, so that Python's own flush at exit doesn't fail either.
    """
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

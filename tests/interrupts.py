"""Interrupts at a chosen line of what a test runs."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


def lines_until_interrupted(at: int, work: Callable[[], object]) -> int:
    """Do the work with SIGINT at its line number `at`, in our code or a library's.

    Returns how many lines were run; fewer than `at` where the work ended before.
    """
    lines = 0

    def trace(_: FrameType, event: str, __: Any) -> Any:
        nonlocal lines
        lines += event == "line"
        if lines == at:
            sys.settrace(None)
            signal.raise_signal(signal.SIGINT)
        return trace

    sys.settrace(trace)
    try:
        work()
    except KeyboardInterrupt:
        return lines
    finally:
        sys.settrace(None)
    return lines

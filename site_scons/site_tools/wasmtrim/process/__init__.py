"""The only door to other programs: bounded in time, memory and output, never left behind."""

from wasmtrim.process.interrupts import Interrupted, go_on, is_stopping, stop_children
from wasmtrim.process.program import (
    KEPT_BYTES,
    MEMORY_BYTES,
    Child,
    Finished,
    NoEnd,
    end,
    refuse_windows,
    run,
    shown,
    start,
)

__all__ = [
    "KEPT_BYTES",
    "MEMORY_BYTES",
    "Child",
    "Finished",
    "Interrupted",
    "NoEnd",
    "end",
    "go_on",
    "is_stopping",
    "refuse_windows",
    "run",
    "shown",
    "start",
    "stop_children",
]

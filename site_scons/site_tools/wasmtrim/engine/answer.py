"""The answers of the process, one a case, and the watch that ends it by wall clock."""

from __future__ import annotations

import json
import os
import threading
import time
from typing import Any

from wasmtrim.escaping import excerpt

# What an answer holds beside its kind and detail; null where the run did not come so far.
FIELDS = ("exit", "fuel", "first_pages", "pages", "memory", "elements", "steps", "counters", "nn")
BLOCKED_CPU_SECONDS = 0.01  # less work than that in the last quarter second is waiting


class Answer:
    """What came out of the case at work: a line of JSON on stdout each."""

    def __init__(self) -> None:
        self.phase = 0  # grows with each phase, so that the watch over an earlier one falls silent
        self.fields: dict[str, Any] = dict.fromkeys(FIELDS)
        self._lock = threading.Lock()

    def give(self, kind: str, detail: str = "") -> None:
        """Give the answer about this case, and go on to the next one."""
        with self._lock:
            self._write(kind, detail)
            self.phase += 1
            self.fields = dict.fromkeys(FIELDS)

    def give_last(self, kind: str, detail: str, phase: int) -> None:
        """End the process with an answer about the phase, where that one is still going on."""
        with self._lock:
            if phase == self.phase:
                self._write(kind, detail)
                os._exit(0)

    def _write(self, kind: str, detail: str) -> None:
        answer = {"kind": kind, "detail": excerpt(detail), **self.fields}
        left = json.dumps(answer).encode() + b"\n"
        try:
            while left:
                left = left[os.write(1, left) :]
        except OSError:  # nobody is left to read it
            os._exit(1)


def watch(answer: Answer, seconds: float, kind: str, what: str) -> None:
    """End the process when the phase that begins now is still going on after `seconds`.

    By wall clock and from another thread: neither fuel nor epochs end a guest inside a host call.
    """
    answer.phase += 1
    phase = answer.phase

    def end() -> None:
        time.sleep(max(seconds - 0.25, 0))
        worked = time.process_time()
        time.sleep(min(seconds, 0.25))
        blocked = kind == "time" and time.process_time() - worked < BLOCKED_CPU_SECONDS
        answer.give_last("blocked" if blocked else kind, f"{what} more than {seconds:g} s", phase)

    threading.Thread(target=end, daemon=True).start()

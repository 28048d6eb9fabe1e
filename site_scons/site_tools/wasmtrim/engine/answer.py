"""The one answer of the process, and the watch that ends it by wall clock."""

from __future__ import annotations

import json
import os
import threading
import time
from typing import Any

from wasmtrim.escaping import excerpt

# What an answer holds beside its kind and detail; null where the run did not come so far.
FIELDS = ("exit", "fuel", "first_pages", "pages", "returns")
BLOCKED_CPU_SECONDS = 0.01  # less work than that in the last quarter second is waiting


class Answer:
    """What came out; the first to give it ends the process, so that it is given once."""

    def __init__(self) -> None:
        self.phase = 0  # grows with each phase, so that the watch over an earlier one falls silent
        self.fields: dict[str, Any] = dict.fromkeys(FIELDS)
        self._lock = threading.Lock()

    def give(self, kind: str, detail: str = "") -> None:
        with self._lock:
            text = json.dumps({"kind": kind, "detail": excerpt(detail), **self.fields})
            try:
                os.write(1, text.encode())
            finally:  # nobody may be left to read it
                os._exit(0)


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
        if answer.phase != phase:
            return
        blocked = time.process_time() - worked < BLOCKED_CPU_SECONDS
        answer.give("blocked" if blocked else kind, f"{what} more than {seconds:g} s")

    threading.Thread(target=end, daemon=True).start()

"""The answers of the process, one a case, and the watch that ends it by wall clock."""

from __future__ import annotations

import json
import os
import threading
import time
from dataclasses import dataclass
from typing import Any

from wasmtrim.escaping import excerpt

# What an answer holds beside its kind and detail; null where the run did not come so far.
FIELDS = (
    *("exit", "fuel", "first_pages", "pages", "memory", "elements", "steps", "counters", "left"),
    "nn",
)
BLOCKED_CPU_SECONDS = 0.01  # less work than that in the last quarter second is waiting
_LAST_SECONDS = 0.25


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


@dataclass(frozen=True)
class Phase:
    """A part of the work that may take `seconds`, and what an answer says where it takes more."""

    number: int
    seconds: float
    end: float
    kind: str
    what: str


class Watch:
    """Ends the process where a phase takes too long.

    By wall clock and from another thread: neither fuel nor epochs end a guest inside a host call.
    One thread watches all phases, as there may be thousands of cases.
    """

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self._phase: Phase | None = None
        self._changed = threading.Condition()
        threading.Thread(target=self._watch, daemon=True).start()

    def begin(self, seconds: float, kind: str, what: str) -> None:
        """Begin a phase, which ends with the next one, or an answer."""
        with self._changed:
            self.answer.phase += 1
            end = time.monotonic() + seconds
            self._phase = Phase(self.answer.phase, seconds, end, kind, what)
            self._changed.notify()

    def _watch(self) -> None:
        worked: float | None = None  # CPU time as the last quarter second of the phase began
        watched: Phase | None = None
        with self._changed:
            while True:
                phase = self._phase
                if phase is None or phase.number != self.answer.phase:
                    self._changed.wait()
                    continue
                if phase is not watched:
                    watched, worked = phase, None
                left = phase.end - time.monotonic()
                if left > _LAST_SECONDS:
                    self._changed.wait(left - _LAST_SECONDS)
                elif worked is None:
                    worked = time.process_time()
                elif left > 0:
                    self._changed.wait(left)
                else:
                    self._end(phase, time.process_time() - worked)

    def _end(self, phase: Phase, worked: float) -> None:
        blocked = phase.kind == "time" and worked < BLOCKED_CPU_SECONDS
        kind = "blocked" if blocked else phase.kind
        self.answer.give_last(kind, f"{phase.what} more than {phase.seconds:g} s", phase.number)

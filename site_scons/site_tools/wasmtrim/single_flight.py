"""Work with an equal key is done once in a process, and shared by all who ask for it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from concurrent.futures import Future
from threading import Lock
from typing import Generic, TypeVar

Result = TypeVar("Result")


class SingleFlight(Generic[Result]):
    """Remembers what each key's work gave, its failure too: that of the last `most` keys.

    For several threads.
    """

    def __init__(self, most: int | None = None) -> None:
        self._most = most
        self._lock = Lock()
        self._results: dict[Hashable, Future[Result]] = {}

    def get(self, key: Hashable, work: Callable[[], Result]) -> Result:
        """Return the result of `work`; a second caller with the key waits for the first one's."""
        with self._lock:
            first = key not in self._results
            future = self._results.setdefault(key, Future())
            if self._most and len(self._results) > self._most:
                del self._results[next(iter(self._results))]
        if first:
            try:
                future.set_result(work())
            except BaseException as error:
                future.set_exception(error)
        return future.result()

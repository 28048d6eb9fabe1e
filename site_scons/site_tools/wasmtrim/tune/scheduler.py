"""Where candidates are evaluated: what a search asks of local processes and of a cluster alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from typing import Any, Protocol

from wasmtrim.records import Outcome
from wasmtrim.tune.candidate import Task

_LOOK_AGAIN_SECONDS = 0.5
_TOGETHER = 2  # losses of a worker until the tasks left are tried one by one
_LOST = "the worker that had it was killed"

Stopped = Callable[[], bool]


class Scheduler(Protocol):
    """Workers in other processes."""

    def run(
        self, tasks: Sequence[Task], blobs: Mapping[str, bytes], stopped: Stopped
    ) -> Iterator[tuple[int, Outcome]]:
        """Return each outcome with its task's number, as they come; fewer once `stopped`."""

    def close(self) -> None:
        """End the workers, whatever they do."""


def retried(
    tasks: Sequence[Task],
    submit: Callable[[Task], Future[Any]],
    renew: Callable[[], None],
    stopped: Stopped,
    *,
    lost: tuple[type[Exception], ...] = (BrokenExecutor,),
) -> Iterator[tuple[int, Any]]:
    """Run tasks by `submit`; where a worker is lost, `renew`, and run again what it may have had.

    `lost` are the errors that tell of it. Yields what the workers gave.

    Nobody knows which of its tasks ended a worker. So those that are left are run together once
    more, and then one by one: a task that ends its worker alone is skipped.
    """
    left = dict(enumerate(tasks))
    losses = 0
    while left and not stopped():
        numbers = [*left] if losses < _TOGETHER else [next(iter(left))]
        try:
            futures = {submit(left[number]): number for number in numbers}
            for future in _completed([*futures], stopped):
                number = futures[future]
                outcome = future.result()
                del left[number]
                yield number, outcome
        except lost:
            losses += 1
            renew()
            if losses > _TOGETHER and len(numbers) == 1:
                del left[numbers[0]]
                yield numbers[0], Outcome(skipped=_LOST)


def _completed(futures: Sequence[Future[Any]], stopped: Stopped) -> Iterator[Future[Any]]:
    waiting = {*futures}
    while waiting and not stopped():
        done, waiting = wait(waiting, timeout=_LOOK_AGAIN_SECONDS, return_when=FIRST_COMPLETED)
        yield from done

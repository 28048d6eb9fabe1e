"""The workers, and the requests that wait for one."""

from __future__ import annotations

import asyncio
import math
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from wasmtrim.errors import WasmtrimError
from wasmtrim.serve.exchange import Ending
from wasmtrim.serve.loading import Plan
from wasmtrim.serve.service import Service
from wasmtrim.serve.shared import Data
from wasmtrim.serve.worker import Worker

RETRY_SECONDS = 1.0  # between two tries to start a worker in place of one that ended


class Full(Exception):
    """As many requests wait as may."""


class Stopping(Exception):
    """No request is taken any more."""


class Pool:
    """Starts workers, gives each request to one, replaces those that end.

    `say` is told, in a line, what goes another way than asked for.
    """

    def __init__(self, service: Service, say: Callable[[str], None], cache: str) -> None:
        self.service = service
        self.say = say
        self.plan = Plan(service.mode, service.call, service.bounds, cache, service.nn)
        self.workers: set[Worker] = set()
        self.idle: deque[Worker] = deque()
        self.waiting: deque[asyncio.Future[Worker]] = deque()
        self.pending: set[asyncio.Future[Any]] = set()  # to end before the pool does
        self.restarts = 0
        self.stopping = False
        self.mean_seconds = 0.1  # of a request, for Retry-After
        self.started = False
        self._starting = asyncio.Lock()

    async def start(self) -> None:
        """Start the workers, the first one alone: it fills the cache. Raises WasmtrimError."""
        if self.started:
            return
        async with self._starting:
            if self.started:
                return
            self.stopping = False
            try:
                for note in await self._add():
                    self.say(note)
                await asyncio.gather(*(self._add() for _ in range(self.service.workers - 1)))
            except BaseException:
                await self.close()
                raise
            self.started = True

    async def close(self) -> None:
        """Let the requests that are here end, those that wait as well, then end the workers."""
        self.stopping = True
        while self.pending:
            await asyncio.wait(self.pending)
        for future in self.waiting:  # the last worker ended, and no other came
            if not future.done():
                future.set_exception(Stopping())
        self.started = False
        for worker in self.workers:
            worker.close()
        self.workers.clear()
        self.idle.clear()

    @property
    def ready(self) -> bool:
        """Whether a request would be answered."""
        return bool(self.workers) and not self.stopping

    @property
    def retry_seconds(self) -> int:
        """When the queue as it is will be worked off, about."""
        seconds = (len(self.waiting) + 1) * self.mean_seconds / self.service.workers
        return max(1, math.ceil(seconds))

    async def answer(self, body: Data) -> tuple[Ending, float]:
        """Let a worker answer; gives the seconds of waiting as well.

        Where the caller is cancelled, the guest is stopped. Raises Full, Stopping.
        """
        began = time.perf_counter()
        worker = await self._free()
        asked = time.perf_counter()
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[Ending] = loop.create_future()
        ended: asyncio.Future[None] = loop.create_future()  # it is waited for where we are not

        def end(ending: Ending) -> None:
            self._free_again(worker, ending, time.perf_counter() - asked)
            ended.set_result(None)
            if not answered.done():
                answered.set_result(ending)

        self._keep(ended)
        number = worker.ask(body, self.plan.seconds, end)
        try:
            return await answered, asked - began
        except asyncio.CancelledError:
            worker.stop(number)
            raise

    def _free_again(self, worker: Worker, ending: Ending, seconds: float) -> None:
        self.mean_seconds += 0.1 * (seconds - self.mean_seconds)
        if worker.alive and ending.kind != "crash":
            self._release(worker)
        else:
            self._replace(worker)

    async def _free(self) -> Worker:
        if self.stopping and not self.workers:
            raise Stopping
        while self.idle:
            worker = self.idle.popleft()
            if worker.alive:
                return worker
            self._replace(worker)  # it ended without a request
        if len(self.waiting) >= self.service.bounds.queue:
            raise Full
        future: asyncio.Future[Worker] = asyncio.get_running_loop().create_future()
        self.waiting.append(future)
        try:
            return await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled():
                self._release(future.result())  # it came in the same moment
            else:
                with suppress(ValueError):
                    self.waiting.remove(future)
            raise

    def _release(self, worker: Worker) -> None:
        while self.waiting:
            future = self.waiting.popleft()
            if not future.done():
                future.set_result(worker)
                return
        self.idle.append(worker)

    def _replace(self, worker: Worker) -> None:
        worker.close()
        self.workers.discard(worker)
        self.restarts += 1
        if not self.stopping:
            self._keep(asyncio.create_task(self._again()))

    async def _again(self) -> None:
        while not self.stopping:
            try:
                await self._add()
                return
            except (WasmtrimError, OSError) as error:
                self.say(f"a worker cannot be started again: {error}")
                await asyncio.sleep(RETRY_SECONDS)

    async def _add(self) -> list[str]:
        worker = Worker()
        try:
            notes = await worker.begin(self.plan, self.service.module, self.service.label)
        except BaseException:
            worker.close()
            raise
        self.workers.add(worker)
        self._release(worker)
        return notes

    def _keep(self, future: asyncio.Future[Any]) -> None:
        self.pending.add(future)
        future.add_done_callback(self.pending.discard)

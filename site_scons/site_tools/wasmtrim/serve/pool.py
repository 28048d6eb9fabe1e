"""The workers, and the requests that wait for one."""

from __future__ import annotations

import asyncio
import math
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from wasmtrim.errors import WasmtrimError
from wasmtrim.serve.exchange import Ending
from wasmtrim.serve.loading import Plan
from wasmtrim.serve.service import Service
from wasmtrim.serve.worker import Data, Worker

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
        self.tasks: set[asyncio.Task[object]] = set()
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
        while self.tasks:
            await asyncio.wait(self.tasks)
        for future in self.waiting:  # the last worker ended, and no other came
            future.cancel()
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

    async def answer(self, body: Data, size: int) -> tuple[Ending, float]:
        """Let a worker answer; gives the seconds of waiting as well.

        Where the caller is cancelled, the guest is stopped. Raises Full, Stopping.
        """
        began = time.perf_counter()
        worker = await self._free()
        waited = time.perf_counter() - began
        number = worker.take()
        task = asyncio.create_task(self._work(worker, body, size))
        self._keep(task)
        try:
            return await asyncio.shield(task), waited
        except asyncio.CancelledError:
            worker.stop(number)
            raise

    async def _free(self) -> Worker:
        if self.stopping and not self.workers:
            raise Stopping
        if self.idle:
            return self.idle.popleft()
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

    async def _work(self, worker: Worker, body: Data, size: int) -> Ending:
        ending = Ending("crash", detail="the worker was not asked")
        began = time.perf_counter()
        try:
            ending = await worker.ask(body, size, self.plan.seconds)
        finally:
            self.mean_seconds += 0.1 * (time.perf_counter() - began - self.mean_seconds)
            if worker.alive and ending.kind != "crash":
                self._release(worker)
            else:
                self._replace(worker)
        return ending

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

    def _keep(self, task: asyncio.Task[object]) -> None:
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

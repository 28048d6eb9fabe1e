"""Load on a server: clients that wait for answers, and requests that come when they are due."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from wasmtrim.serve.bench.client import Client, Lost, connect

WRONG: Final = 0  # in place of a status: an answer with another body than the first one's
LOST: Final = -1  # no answer
_LONGEST_US: Final = 600_000_000
_DIGITS: Final = 3


def _histogram() -> Any:
    from hdrh.histogram import HdrHistogram

    return HdrHistogram(1, _LONGEST_US, _DIGITS)


@dataclass
class Sample:
    """What came of some seconds of load. Latencies are of the answers that are right, in µs."""

    offered: float | None  # requests a second; None: as many as the clients get answered
    seconds: float = 0
    statuses: Counter[int] = field(default_factory=Counter)
    latencies: Any = field(default_factory=_histogram)
    total: float = 0  # seconds of all latencies together

    @property
    def rate(self) -> float:
        """Right answers a second."""
        return self.statuses[200] / self.seconds if self.seconds else 0.0

    @property
    def mean(self) -> float:
        """Mean latency in seconds."""
        done = self.statuses[200]
        return self.total / done if done else 0.0

    def percentile(self, share: float) -> float:
        """The latency in seconds that `share` per cent stay under."""
        return float(self.latencies.get_value_at_percentile(share)) / 1e6


@dataclass(frozen=True)
class Load:
    """What is sent, and what must come back (None: anything)."""

    url: str
    request: bytes
    expected: bytes | None

    async def closed(self, clients: int, seconds: float) -> Sample:
        """Send from `clients` connections, each as soon as it has its answer."""
        sample = Sample(None)
        began = time.perf_counter()
        end = began + seconds

        async def one() -> None:
            client = None
            while (now := time.perf_counter()) < end:
                client = await self._timed(client, now, sample)
            if client:
                client.close()

        await asyncio.gather(*(one() for _ in range(clients)))
        sample.seconds = time.perf_counter() - began
        return sample

    async def open(self, rate: float, connections: int, seconds: float) -> Sample:
        """Send `rate` requests a second, whether earlier ones are answered or not.

        A latency counts from when its request was due, so that one which had to wait for a
        connection has waited.
        """
        sample = Sample(rate)
        due: deque[float] = deque()
        came = asyncio.Condition()
        over = False

        async def one() -> None:
            client = None
            while True:
                async with came:
                    await came.wait_for(lambda: due or over)
                    if not due:
                        break
                    when = due.popleft()
                client = await self._timed(client, when, sample)
            if client:
                client.close()

        workers = [asyncio.create_task(one()) for _ in range(connections)]
        began = time.perf_counter()
        for number in range(int(rate * seconds)):
            when = began + number / rate
            await asyncio.sleep(max(when - time.perf_counter(), 0))
            async with came:
                due.append(when)
                came.notify()
        async with came:
            over = True
            came.notify_all()
        await asyncio.gather(*workers)
        sample.seconds = time.perf_counter() - began
        return sample

    async def _timed(self, client: Client | None, began: float, sample: Sample) -> Client | None:
        """Ask once; gives the connection for the next time, None where it is gone."""
        try:
            if client is None or not client.open:
                client = await connect(self.url)
            status, body = await client.ask(self.request)
        except (Lost, OSError, TimeoutError):
            sample.statuses[LOST] += 1
            if client:
                client.close()
            return None
        seconds = time.perf_counter() - began
        if status == 200 and self.expected not in (None, body):
            status = WRONG
        sample.statuses[status] += 1
        if status == 200:
            sample.total += seconds
            with suppress(IndexError):
                sample.latencies.record_value(max(1, round(seconds * 1e6)))
        return client

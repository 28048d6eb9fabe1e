"""The runs: each target in turn, over and over, so that a slow minute of the machine hits all."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from wasmtrim.errors import UsageError
from wasmtrim.serve.bench import client, cpus
from wasmtrim.serve.bench.load import Load, Sample
from wasmtrim.serve.bench.target import Target

WARM_UP_SECONDS: Final = 0.5
LONGEST: Final = 4  # times the seconds asked for: so long may a run take where answers take long
FEWEST: Final = 20  # requests of an open loop that tell anything
STEPS: Final = (0.25, 0.5, 0.75, 0.9, 1.1)  # of the closed loop's rate, offered in the open loop
# Student's t for 95 %, two-sided, by degrees of freedom; beyond, the normal distribution's.
_T: Final = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262)
_NORMAL: Final = 1.96

T = TypeVar("T")


@dataclass(frozen=True)
class Estimate:
    """A mean over the repeats, and how far the true one may be from it (95 %)."""

    mean: float
    band: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Estimate:
        """From one value a repeat; the band of a single one is not known, and 0."""
        if len(values) < 2:
            return cls(values[0], 0.0)
        freedom = len(values) - 1
        t = _T[freedom - 1] if freedom <= len(_T) else _NORMAL
        return cls(statistics.mean(values), t * statistics.stdev(values) / math.sqrt(len(values)))


@dataclass
class Result:
    """All samples of a target: closed loop with one client, with `clients`, and the open loop's.

    `inside` has the mean seconds of a single client's requests in the server: `queue`, `instance`
    and `render`; empty for servers that don't tell. `cpu` has the CPU seconds of a request in the
    closed loop, one a repeat; empty where the server's process is not known.
    """

    target: Target
    clients: int
    single: list[Sample] = field(default_factory=list)
    closed: list[Sample] = field(default_factory=list)
    open: list[Sample] = field(default_factory=list)
    inside: dict[str, float] = field(default_factory=dict)
    cpu: list[float] = field(default_factory=list)

    @property
    def rate(self) -> Estimate:
        """Requests a second of the closed loop."""
        return Estimate.of([sample.rate for sample in self.closed])

    @property
    def mean(self) -> Estimate:
        """Mean latency of the closed loop, in seconds."""
        return Estimate.of([sample.mean for sample in self.closed])

    @property
    def alone(self) -> Estimate:
        """Mean latency of a single client, in seconds."""
        return Estimate.of([sample.mean for sample in self.single])

    @property
    def whole(self) -> Sample:
        """The closed loop's samples together."""
        whole = Sample(None)
        for sample in self.closed:
            whole.seconds += sample.seconds
            whole.total += sample.total
            whole.statuses += sample.statuses
            whole.latencies.add(sample.latencies)
        return whole


def measure(
    targets: Sequence[Target],
    body: bytes,
    *,
    clients: int,
    seconds: float,
    repeats: int,
    say: Callable[[str], None],
) -> list[Result]:
    """Measure the targets with the same body. `say` is told what is at work.

    Where answers take long, fewer clients do: a closed loop ends with each client's answer.
    Raises UsageError where a target does not answer the body.
    """
    results = [Result(target, clients) for target in targets]
    loads = [_run(_prepared(target, body)) for target in targets]
    for repeat in range(repeats):
        turned = repeat % len(results)
        order = [*zip(results, loads, strict=True)]
        for result, load in order[turned:] + order[:turned]:
            say(f"{result.target.name}: repeat {repeat + 1} of {repeats}")
            _run(load.closed(1, WARM_UP_SECONDS))
            before = result.target.inside()
            alone = _run(load.closed(1, seconds))
            result.single.append(alone)
            _add(result.inside, before, result.target.inside())
            most = math.ceil(LONGEST * seconds * max(alone.rate, 1 / alone.seconds))
            result.clients = min(result.clients, most)
            began = _cpu(result.target)
            many = _run(load.closed(result.clients, seconds))
            ended = _cpu(result.target)
            result.closed.append(many)
            if began is not None and ended is not None:
                result.cpu.append((ended - began) / max(many.statuses.total(), 1))
    for result in results:
        result.inside = _means(result.inside)
    for step in STEPS:
        for result, load in zip(results, loads, strict=True):
            rate = step * result.rate.mean
            if rate * seconds < FEWEST:
                continue
            say(f"{result.target.name}: {rate:.1f} requests/s")
            result.open.append(_run(load.open(rate, 4 * clients, seconds)))
    return results


async def _prepared(target: Target, body: bytes) -> Load:
    request = client.request(target.url, body)
    try:
        connection = await client.connect(target.url)
        status, answer = await connection.ask(request)
    except (OSError, client.Lost) as error:
        raise UsageError(f"{target.url}: no answer: {error or 'the connection ended'}") from None
    connection.close()
    if status != 200:
        told = answer[:300].decode(errors="replace").strip()
        raise UsageError(f"{target.url}: it answers the body with {status}: {told}")
    return Load(target.url, request, answer)


def _run(work: Coroutine[Any, Any, T]) -> T:
    import uvloop

    return uvloop.run(work)


def _cpu(target: Target) -> float | None:
    return None if target.pid is None else cpus.seconds(target.pid)


def _add(sums: dict[str, float], before: dict[str, float], after: dict[str, float]) -> None:
    for name, value in after.items():
        sums[name] = sums.get(name, 0.0) + value - before[name]


def _means(sums: dict[str, float]) -> dict[str, float]:
    names = [name.removesuffix("_sum") for name in sums if name.endswith("_sum")]
    return {name: sums[f"{name}_sum"] / max(sums[f"{name}_count"], 1) for name in names}

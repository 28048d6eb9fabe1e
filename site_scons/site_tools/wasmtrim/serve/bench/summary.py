"""What a bench found, as rows: for the terminal, as JSON, and for the page."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final

from wasmtrim.serve.bench.load import LOST, WRONG, Sample
from wasmtrim.serve.bench.measure import Estimate, Result

SCHEMA: Final = 1
PERCENTILES: Final = (50.0, 90.0, 95.0, 99.0, 99.9, 100.0)


@dataclass(frozen=True)
class Row:
    """A target at work for many clients. Latencies are in milliseconds.

    `cpu` is the server's CPU time for a request, in milliseconds: unlike the others it stays the
    same where other programs take their share of the machine. None where it is not known.
    """

    name: str
    clients: int
    rate: Estimate
    mean: Estimate
    cpu: Estimate | None
    percentiles: dict[float, float]
    refused: str


@dataclass(frozen=True)
class Alone:
    """What a request costs where nobody else asks, in milliseconds.

    `rest` is what is left of the latency: HTTP, the way to the worker and back, and Python. None
    where the server does not tell what its guest took.
    """

    name: str
    mean: Estimate
    instance: float | None
    render: float | None
    rest: float | None


@dataclass(frozen=True)
class Point:
    """A run of the open loop: requests a second, offered and answered, and their latency in ms."""

    name: str
    offered: float
    rate: float
    p50: float
    p95: float
    refused: str


@dataclass(frozen=True)
class Summary:
    """All of it. `bare` is the guest's time without a server, by mode, in milliseconds."""

    what: str
    machine: str
    cpus: str
    body: int
    seconds: float
    repeats: int
    rows: tuple[Row, ...]
    alone: tuple[Alone, ...]
    open: tuple[Point, ...]
    bare: dict[str, float]

    def to_json(self) -> str:
        """Return it as JSON."""
        return json.dumps({"schema": SCHEMA, **asdict(self)}, indent=2) + "\n"


def of(
    what: str,
    results: Sequence[Result],
    bare: dict[str, float],
    *,
    cpus: str,
    body: int,
    seconds: float,
    repeats: int,
) -> Summary:
    """Sum up; `bare` is in seconds, `cpus` says where server and load ran."""
    return Summary(
        what=what,
        machine=f"{os.cpu_count()} CPUs, {platform.machine()}, Python {platform.python_version()}",
        cpus=cpus,
        body=body,
        seconds=seconds,
        repeats=repeats,
        rows=tuple(map(_row, results)),
        alone=tuple(map(_alone, results)),
        open=tuple(_point(result.target.name, s) for result in results for s in result.open),
        bare={mode: 1000 * each for mode, each in bare.items()},
    )


def _row(result: Result) -> Row:
    whole = result.whole
    return Row(
        result.target.name,
        result.clients,
        result.rate,
        _ms(result.mean),
        _ms(Estimate.of(result.cpu)) if result.cpu else None,
        {share: 1000 * whole.percentile(share) for share in PERCENTILES},
        _refused(whole),
    )


def _alone(result: Result) -> Alone:
    mean, inside = _ms(result.alone), result.inside
    if not inside:
        return Alone(result.target.name, mean, None, None, None)
    instance, render = 1000 * inside["instance"], 1000 * inside["render"]
    return Alone(result.target.name, mean, instance, render, mean.mean - instance - render)


def _point(name: str, sample: Sample) -> Point:
    p50, p95 = (1000 * sample.percentile(share) for share in (50, 95))
    return Point(name, sample.offered or 0.0, sample.rate, p50, p95, _refused(sample))


def _ms(estimate: Estimate) -> Estimate:
    return Estimate(1000 * estimate.mean, 1000 * estimate.band)


def _refused(sample: Sample) -> str:
    """What was not answered, or not right, in words."""
    names = {WRONG: "wrong", LOST: "lost"}
    bad = sorted((s, n) for s, n in sample.statuses.items() if s != 200 and n)
    return ", ".join(f"{number} {names.get(status, status)}" for status, number in bad)

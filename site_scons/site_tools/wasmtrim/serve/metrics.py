"""What Prometheus is told."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from wasmtrim.serve.exchange import Ending
from wasmtrim.serve.pool import Pool

# From 0.1 ms: a worker that waits for work takes a request at once.
_SECONDS = (1e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 1e-2, 2.5e-2, 5e-2, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_BYTES = tuple(float(1 << power) for power in range(16, 31))
_FUEL = tuple(float(10**power) for power in range(4, 13))


class Metrics:
    """The figures of one application, in a registry of its own."""

    def __init__(self, pool: Pool) -> None:
        self.registry = CollectorRegistry()

        def histogram(name: str, what: str, buckets: tuple[float, ...]) -> Histogram:
            return Histogram(f"wasmtrim_{name}", what, registry=self.registry, buckets=buckets)

        self.requests = Counter(
            "wasmtrim_requests", "Requests by status and outcome.", ("status", "outcome"),
            registry=self.registry,
        )  # fmt: skip
        self.body = Counter("wasmtrim_body_bytes", "Bytes of bodies.", registry=self.registry)
        self.output = Counter("wasmtrim_output_bytes", "Bytes of output.", registry=self.registry)
        self.queue = histogram("queue_seconds", "Waiting for a worker.", _SECONDS)
        self.instance = histogram("instance_seconds", "Until a guest can be called.", _SECONDS)
        self.render = histogram("render_seconds", "The guest at work.", _SECONDS)
        self.memory = histogram("memory_bytes", "Linear memory of a guest at its end.", _BYTES)
        self.fuel = histogram("fuel_instructions", "Instructions, where counted.", _FUEL)
        for name, what, value in (
            ("waiting_requests", "Requests that wait for a worker.", lambda: len(pool.waiting)),
            ("workers", "Workers that are ready.", lambda: len(pool.workers)),
            ("idle_workers", "Workers without a request.", lambda: len(pool.idle)),
            ("worker_restarts", "Workers that ended and were replaced.", lambda: pool.restarts),
        ):
            gauge = Gauge(f"wasmtrim_{name}", what, registry=self.registry)
            gauge.set_function(value)

    def count(
        self, status: int, outcome: str, body: int, ending: Ending | None, waited: float
    ) -> None:
        """Take in a request that has ended; `ending` is None where no worker took it."""
        self.requests.labels(str(status), outcome).inc()
        self.body.inc(body)
        if ending is None:
            return
        self.output.inc(len(ending.output))
        self.queue.observe(waited)
        self.instance.observe(ending.instance)
        self.render.observe(ending.render)
        if ending.memory is not None:
            self.memory.observe(ending.memory)
        if ending.fuel is not None:
            self.fuel.observe(ending.fuel)

    def text(self) -> bytes:
        """All of it in Prometheus's text format."""
        return generate_latest(self.registry)

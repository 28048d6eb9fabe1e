"""The bare render: a guest called in a loop in one process, without a server around it."""

from __future__ import annotations

import os
import socket
import statistics
import time
from collections.abc import Callable

from wasmtrim.errors import UsageError
from wasmtrim.serve import compiled
from wasmtrim.serve.bench import cpus
from wasmtrim.serve.loading import Plan, load
from wasmtrim.serve.service import Service
from wasmtrim.toolchain.locate import user_cache


def seconds(
    service: Service,
    body: bytes,
    mode: str,
    during: float,
    on: frozenset[int],
    clock: Callable[[], float] = time.perf_counter,
) -> float:
    """The median seconds of a request to a guest in that mode, without HTTP or another process.

    `clock` may be `time.process_time`, for those of the CPU.
    Raises UsageError where the guest does not answer.
    """
    ours, theirs = socket.socketpair()
    own = os.sched_getaffinity(0) if on else frozenset()
    plan = Plan(mode, service.call, service.bounds, str(user_cache() / compiled.FOLDER))
    cpus.pin(on)
    try:
        with ours:
            guest = load(plan, service.module, theirs, note=lambda _: None, gone=lambda: None)
            times: list[float] = []
            end = time.perf_counter() + during
            while time.perf_counter() < end or len(times) < 3:
                began = clock()
                ending = guest.answer(1, memoryview(body))
                times.append(clock() - began)
                if not ending.good:
                    raise UsageError(f"{service.label} does not answer the body: {ending.detail}")
    finally:
        cpus.pin(frozenset(own))
    return statistics.median(times[1:])

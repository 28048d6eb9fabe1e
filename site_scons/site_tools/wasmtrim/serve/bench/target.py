"""What is measured: servers of ours, one a mode, and servers that run already."""

from __future__ import annotations

import asyncio
import os
import re
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import httpx

from wasmtrim import process
from wasmtrim.errors import ToolError
from wasmtrim.serve.bench import cpus

READY_SECONDS: Final = 120.0
_POLL_SECONDS: Final = 0.05


@dataclass(frozen=True)
class Target:
    """A server. `ours` says that it tells its own figures; `pid` is its process, if known."""

    name: str
    url: str
    ours: bool
    pid: int | None = None

    def inside(self) -> dict[str, float]:
        """Seconds and count of what its requests had: `queue`, `instance`, `render`."""
        if not self.ours:
            return {}
        text = httpx.get(self.url + "metrics").text
        return {
            f"{name}_{what}": float(value)
            for name, what, value in re.findall(
                r"^wasmtrim_(queue|instance|render)_seconds_(sum|count) (\S+)$", text, re.MULTILINE
            )
        }


@contextmanager
def started(what: str, mode: str, pinned: frozenset[int]) -> Iterator[Target]:
    """Serve a profile or module on loopback, on these CPUs, with a worker for each.

    Raises ToolError where it does not come up; it has said itself why.
    """
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    argv = [sys.executable, "-m", "wasmtrim.cli.main", "serve", what, "--mode", mode]
    argv += ["--port", str(port), "--workers", str(len(pinned) or 1), "--quiet"]
    own = os.sched_getaffinity(0) if pinned else frozenset()
    cpus.pin(pinned)
    try:
        child = process.start(argv, env=os.environ, watched=True)
    finally:
        cpus.pin(frozenset(own))
    target = Target(mode, f"http://127.0.0.1:{port}/", ours=True, pid=child.pid)
    try:
        asyncio.run(_ready(target, child))
        yield target
    finally:
        process.end(child)


async def _ready(target: Target, child: process.Child) -> None:
    async with asyncio.timeout(READY_SECONDS), httpx.AsyncClient() as client:
        while True:
            if child.poll() is not None:
                raise ToolError(f"the server for the mode {target.name} did not start")
            try:
                if (await client.get(target.url + "readyz")).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(_POLL_SECONDS)

"""The application on a socket of its own: uvicorn, bound before anything is started."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import logging
import signal
import socket
import sys
from types import FrameType
from typing import Final

import uvicorn
from starlette.applications import Starlette

from wasmtrim.errors import UsageError
from wasmtrim.serve.app import ACCESS, make
from wasmtrim.serve.service import Service
from wasmtrim.serve.worker import KEPT_BYTES

DRAIN_SECONDS: Final = 30
CONNECTIONS: Final = 2_000  # beyond, uvicorn answers 503 by itself
_BACKLOG: Final = 2048


def bind(host: str, port: int) -> socket.socket:
    """Return a socket that listens there. Raises UsageError with the reason why not."""
    try:
        family, kind, proto, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, proto)
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(address)
            listening.listen(_BACKLOG)
        except OSError:
            listening.close()
            raise
    except OSError as error:
        raise UsageError(
            f"{host} port {port}: {error.strerror}; name another with --host and --port"
        ) from None
    return listening


def run(service: Service, host: str, port: int, *, log: bool) -> None:
    """Serve until SIGTERM or ^C, then let the requests that are here end."""
    listening = bind(host, port)
    logging.basicConfig(level=logging.WARNING, format="wasmtrim: %(message)s", stream=sys.stderr)
    if log:
        handler = logging.StreamHandler(sys.stdout)
        handler.setFormatter(logging.Formatter("%(message)s"))
        ACCESS.addHandler(handler)
        ACCESS.setLevel(logging.INFO)
    ACCESS.propagate = False
    _keep_memory()
    app = make(service)
    with listening, asyncio.Runner(loop_factory=_loop) as runner:
        runner.run(_serve(app, service, listening))


def _keep_memory() -> None:
    """Let glibc keep what a body took for the next one, as workers are told (mallopt(3))."""
    with contextlib.suppress(AttributeError):  # another C library
        for setting in (-1, -3):  # M_TRIM_THRESHOLD, M_MMAP_THRESHOLD
            ctypes.CDLL(None).mallopt(setting, KEPT_BYTES)


def _loop() -> asyncio.AbstractEventLoop:
    import uvloop

    return uvloop.new_event_loop()


async def _serve(app: Starlette, service: Service, listening: socket.socket) -> None:
    async with app.router.lifespan_context(app):
        config = uvicorn.Config(
            app,
            lifespan="off",  # ours, so that a failure is a line and not a traceback
            log_config=None,
            access_log=False,
            server_header=False,
            limit_concurrency=CONNECTIONS,
            timeout_graceful_shutdown=DRAIN_SECONDS,
        )
        address = listening.getsockname()
        host = f"[{address[0]}]" if ":" in address[0] else address[0]
        count = "1 worker" if service.workers == 1 else f"{service.workers} workers"
        print(
            f"{service.label}: http://{host}:{address[1]}/ ({service.mode}, {count})",
            file=sys.stderr,
            flush=True,
        )
        await _Server(config, app).serve(sockets=[listening])


class _Server(uvicorn.Server):
    """Refuses requests from the moment on at which it is told to stop."""

    def __init__(self, config: uvicorn.Config, app: Starlette) -> None:
        super().__init__(config)
        self.app = app

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002
        """End well: uvicorn's own would raise the signal again at the end."""
        self.app.state.pool.stopping = True
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True

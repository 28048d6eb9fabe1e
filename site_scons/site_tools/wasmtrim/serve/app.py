"""The ASGI application: a body in, what the module makes of it out."""

from __future__ import annotations

import asyncio
import itertools
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from wasmtrim.records import layout
from wasmtrim.serve import body, compiled
from wasmtrim.serve.exchange import Ending
from wasmtrim.serve.metrics import Metrics
from wasmtrim.serve.pool import Full, Pool, Stopping
from wasmtrim.serve.service import Service
from wasmtrim.toolchain.locate import user_cache

ACCESS: Final = logging.getLogger("wasmtrim.serve.access")  # a JSON object a line
_LOG: Final = logging.getLogger("wasmtrim.serve")
_GONE: Final = 499  # nginx's number for a client that went away; nobody reads the answer
_STATUS: Final = {"time": 504, "crash": 500, "stopped": _GONE}  # of a kind of ending; else 422
_PROMETHEUS: Final = "text/plain; version=0.0.4; charset=utf-8"


def make(service: Service, say: Callable[[str], None] = _LOG.warning) -> Starlette:
    """Make the application; `app.state.pool` is its pool."""
    pool = Pool(service, say, str(user_cache() / compiled.FOLDER))
    metrics = Metrics(pool)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:  # noqa: ARG001
        await pool.start()
        try:
            yield
        finally:
            await pool.close()

    async def alive(request: Request) -> Response:  # noqa: ARG001
        return PlainTextResponse("ok\n")

    async def ready(request: Request) -> Response:  # noqa: ARG001
        if pool.ready:
            return PlainTextResponse("ready\n")
        return PlainTextResponse("stopping\n" if pool.stopping else "not ready\n", 503)

    async def figures(request: Request) -> Response:  # noqa: ARG001
        return Response(metrics.text(), media_type=_PROMETHEUS)

    answering = Answering(service, pool, metrics)
    routes = [
        Route("/", answering, methods=["POST"]),
        Route("/healthz", alive),
        Route("/readyz", ready),
        Route("/metrics", figures),
    ]
    app = Starlette(routes=routes, lifespan=lifespan)
    app.state.pool = pool
    return app


@dataclass
class Exchange:
    """A request and how it was answered, for the log and the figures."""

    number: int
    began: float = field(default_factory=time.perf_counter)
    status: int = _GONE
    outcome: str = "gone"
    body: int = 0
    output: int = 0
    waited: float = 0
    ending: Ending | None = None

    def refused(
        self, status: int, outcome: str, line: str, headers: dict[str, str] | None = None
    ) -> Response:
        """Answer with a line that says why not."""
        self.status, self.outcome = status, outcome
        return PlainTextResponse(line + "\n", status, headers)


class Answering:
    """The endpoint that runs guests."""

    def __init__(self, service: Service, pool: Pool, metrics: Metrics) -> None:
        self.service = service
        self.pool = pool
        self.metrics = metrics
        self.buffers = body.Buffers(service.bounds)
        self.numbers = itertools.count(1)
        self.open = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange = Exchange(next(self.numbers))
        try:
            self.open += 1
            try:
                with self.buffers.one() as taken:
                    response = await self._answer(exchange, taken, scope, receive)
            finally:
                self.open -= 1  # who does not read an answer keeps nobody from asking
            if response:
                await response(scope, receive, send)
        finally:
            self.metrics.count(
                exchange.status, exchange.outcome, exchange.body, exchange.ending, exchange.waited
            )
            ACCESS.info("%s", _Line(exchange, scope))

    async def _answer(
        self, exchange: Exchange, taken: body.Body, scope: Scope, receive: Receive
    ) -> Response | None:
        bounds = self.service.bounds
        close = {"Connection": "close"}  # what is left of a body is not read
        again = {"Retry-After": str(self.pool.retry_seconds)}
        if self.pool.stopping:
            return exchange.refused(503, "stopping", "the server is stopping", again | close)
        try:
            if self.open > bounds.queue + self.service.workers:
                raise Full
            await self.pool.start()
            await taken.read(scope, receive)
            exchange.body = taken.size
            exchange.ending, exchange.waited = await self._run(taken, receive)
        except body.TooLarge:
            line = f"the body has more than {bounds.body:,} bytes"
            return exchange.refused(413, "too large", line, close)
        except body.TooSlow:
            line = f"the body is not there after {body.SECONDS:g} s"
            return exchange.refused(408, "too slow", line, close)
        except (body.TooMuch, Full):
            more = {} if taken.whole else close
            return exchange.refused(429, "full", "too many requests wait", again | more)
        except Stopping:
            return exchange.refused(503, "stopping", "the server is stopping", again)
        except body.Gone:
            return None
        return self._response(exchange, exchange.ending)

    def _response(self, exchange: Exchange, ending: Ending) -> Response:
        if ending.good:
            exchange.status, exchange.outcome = 200, "ok"
            exchange.output = len(ending.output)
            return Response(ending.output, media_type=self.service.media_type)
        status = _STATUS.get(ending.kind, 422)
        headers = {"Wasmtrim-Exit": str(ending.exit)} if ending.kind == "exit" else {}
        if status == 504:
            headers["Retry-After"] = str(self.pool.retry_seconds)
        return exchange.refused(status, ending.kind, ending.detail, headers)

    async def _run(self, taken: body.Body, receive: Receive) -> tuple[Ending, float]:
        """Let a worker answer; stop it, and raise Gone, as soon as the client goes away."""
        task, waiting = asyncio.current_task(), True
        assert task

        def stop(gone: asyncio.Task[None]) -> None:
            if waiting and not gone.cancelled():
                task.cancel()

        gone = asyncio.create_task(_disconnect(receive))
        gone.add_done_callback(stop)
        try:
            return await self.pool.answer(memoryview(taken.data)[: taken.size])
        except asyncio.CancelledError:
            if gone.done() and not task.uncancel():
                raise body.Gone from None
            raise
        finally:
            waiting = False
            gone.cancel()


async def _disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


class _Line:
    """A line of the access log, made only where somebody writes it."""

    def __init__(self, exchange: Exchange, scope: Scope) -> None:
        self.exchange = exchange
        self.scope = scope

    def __str__(self) -> str:
        of, ending = self.exchange, self.exchange.ending
        client = self.scope.get("client")
        line = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "request": of.number,
            "client": client[0] if client else None,
            "status": of.status,
            "outcome": of.outcome,
            "body": of.body,
            "output": of.output,
            "ms": _ms(time.perf_counter() - of.began),
            "queue_ms": _ms(of.waited),
        }
        if ending:
            line |= {"instance_ms": _ms(ending.instance), "render_ms": _ms(ending.render)}
            line |= {"memory": ending.memory, "fuel": ending.fuel}
            if ending.detail:
                line["detail"] = ending.detail
        return layout.line(line).rstrip("\n")


def _ms(seconds: float) -> float:
    return round(1000 * seconds, 3)

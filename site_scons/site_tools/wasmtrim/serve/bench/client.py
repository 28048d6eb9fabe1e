"""HTTP/1.1 clients that cost little: a request is bytes made beforehand, a connection is kept."""

from __future__ import annotations

import asyncio
from typing import Final, cast
from urllib.parse import urlsplit

import httptools

from wasmtrim.errors import UsageError

TIMEOUT_SECONDS: Final = 300.0


class Lost(Exception):
    """The connection ended before the answer did."""


class Client(asyncio.Protocol):
    """One connection, one request at a time."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self._begin()

    def _begin(self) -> None:
        self.parser = httptools.HttpResponseParser(self)
        self.body = bytearray()
        self.answer: asyncio.Future[tuple[int, bytes]] | None = None

    @property
    def open(self) -> bool:
        """Whether it takes another request: a server may end it with any answer."""
        return self.transport is not None and not self.transport.is_closing()

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Send a request; gives status and body. Raises Lost."""
        if not self.open:
            raise Lost
        assert self.transport
        self.answer = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        async with asyncio.timeout(TIMEOUT_SECONDS):
            return await self.answer

    def close(self) -> None:
        """End the connection."""
        if self.transport:
            self.transport.close()

    # What asyncio and httptools call

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is none by its class

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self.transport = None
        if self.answer and not self.answer.done():
            self.answer.set_exception(Lost())

    def data_received(self, data: bytes) -> None:
        self.parser.feed_data(data)

    def on_body(self, part: bytes) -> None:
        self.body += part

    def on_message_complete(self) -> None:
        if self.answer and not self.answer.done():
            self.answer.set_result((self.parser.get_status_code(), bytes(self.body)))
        if not self.parser.should_keep_alive():
            self.close()
        self._begin()


def request(url: str, body: bytes) -> bytes:
    """A POST as it is on the wire. Raises UsageError where `url` is none of http."""
    parts = urlsplit(url)
    if parts.scheme != "http" or not parts.hostname:
        raise UsageError(f"{url}: an address of http, such as http://127.0.0.1:8080/, is needed")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    head = f"POST {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


async def connect(url: str) -> Client:
    """Open a connection. Raises OSError."""
    parts = urlsplit(url)
    loop = asyncio.get_running_loop()
    _, client = await loop.create_connection(Client, parts.hostname or "", parts.port or 80)
    return client

"""A request's body, read into a buffer that is used again, within bounds of size and time."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from starlette.types import Receive, Scope

from wasmtrim.serve.bounds import Bounds

SECONDS: Final = 30.0
_KEPT_BYTES: Final = 32 << 20  # of buffers for the next requests


class TooLarge(Exception):
    """The body has more bytes than it may."""


class TooSlow(Exception):
    """The body is not there after the time that it may take."""


class TooMuch(Exception):
    """All bodies together have more bytes than may be held."""


class Gone(Exception):
    """The client went away."""


class Buffers:
    """Gives out buffers, and counts the bytes of all bodies that are held."""

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        self.held = 0
        self._free: list[bytearray] = []
        self._kept = 0  # bytes of the free ones

    @contextmanager
    def one(self) -> Iterator[Body]:
        """Yield an empty body for a request; its bytes count as held until the block ends."""
        body = Body(self, self._free.pop() if self._free else bytearray())
        self._kept -= len(body.data)
        try:
            yield body
        finally:
            self.held -= body.size
            if self._kept + len(body.data) <= _KEPT_BYTES:
                self._free.append(body.data)
                self._kept += len(body.data)


class Body:
    """`data` may be longer than the body, whose bytes are the first `size`; `whole`: all came."""

    def __init__(self, buffers: Buffers, data: bytearray) -> None:
        self.buffers = buffers
        self.data = data
        self.size = 0
        self.whole = False

    async def read(self, scope: Scope, receive: Receive) -> None:
        """Read it to its end. Raises TooLarge, TooMuch, TooSlow, Gone."""
        declared = dict(scope["headers"]).get(b"content-length", b"")
        if declared.isdigit():
            self._make_room(int(declared))
        try:
            async with asyncio.timeout(SECONDS):
                while True:
                    message = await receive()
                    if message["type"] != "http.request":
                        raise Gone
                    self._add(message.get("body", b""))
                    if not message.get("more_body"):
                        self.whole = True
                        return
        except TimeoutError:
            raise TooSlow from None

    def _make_room(self, size: int) -> None:
        bounds = self.buffers.bounds
        if size > bounds.body:
            raise TooLarge
        if self.buffers.held + size - self.size > bounds.bodies:
            raise TooMuch
        if size > len(self.data):
            self.data = bytearray(size) if not self.size else self.data.ljust(size, b"\0")

    def _add(self, chunk: bytes) -> None:
        end = self.size + len(chunk)
        if end > len(self.data):
            self._make_room(end)
        bounds = self.buffers.bounds
        if self.buffers.held + len(chunk) > bounds.bodies:
            raise TooMuch
        self.data[self.size : end] = chunk
        self.buffers.held += len(chunk)
        self.size = end

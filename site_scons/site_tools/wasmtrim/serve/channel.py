"""The front's end of the socket to a worker: messages out, an answer at a time in."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Callable
from typing import Any, Final, TypeAlias

from wasmtrim.serve.exchange import ANSWER

Answer: TypeAlias = tuple[dict[str, Any], bytes]
Then: TypeAlias = Callable[[Answer | None], None]
_ROOM: Final = 1 << 16  # for answers, used again; a longer one gets its own


class Channel(asyncio.BufferedProtocol):
    """One answer at a time is waited for, and `then` called with it: an event loop's turn for each
    part of a request costs more than what is done in it."""

    def __init__(self) -> None:
        self.lost = False
        self._room = bytearray(_ROOM)
        self._data, self._size = self._room, 0
        self._then: Then | None = None
        self._transport: asyncio.Transport | None = None

    @classmethod
    async def over(cls, end: socket.socket) -> Channel:
        """Take over a connected socket."""
        loop = asyncio.get_running_loop()
        _, channel = await loop.create_unix_connection(cls, sock=end)
        return channel

    def ask(self, *messages: bytes, then: Then) -> None:
        """Send; `then` is called with the answer, with None where the other side is gone."""
        self._then = then
        if self.lost or self._transport is None:
            self._give(None)
            return
        for message in messages:
            self._transport.write(message)

    def _give(self, answer: Answer | None) -> None:
        then, self._then = self._then, None
        if then:
            then(answer)

    def close(self) -> None:
        """End the connection."""
        if self._transport:
            self._transport.abort()

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment] # uvloop's is none by its class

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002
        return memoryview(self._data)[self._size :]

    def buffer_updated(self, nbytes: int) -> None:
        self._size += nbytes
        if self._size < ANSWER.size:
            return
        told, output = ANSWER.unpack_from(self._data)
        start = ANSWER.size + told
        end = start + output
        if len(self._data) <= end:  # one byte more, so that there is always room for what comes
            self._data = bytearray(end + 1)
            self._data[: self._size] = self._room[: self._size]
        if self._size < end:
            return
        view = memoryview(self._data)
        answer = json.loads(bytes(view[ANSWER.size : start])), bytes(view[start:end])
        self._data, self._size = self._room, 0
        self._give(answer)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self.lost = True
        self._give(None)

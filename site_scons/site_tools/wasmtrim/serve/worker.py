"""The front's side of a worker: its process, and the two sockets to it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import struct
import sys
from pathlib import Path
from typing import Any, Final, TypeAlias

from wasmtrim import process
from wasmtrim.errors import ToolError, UsageError
from wasmtrim.serve.exchange import ANSWER, PLAN, REQUEST, STOP, Ending
from wasmtrim.serve.loading import Plan

START_SECONDS: Final = 90.0  # compiling a large module takes most of it
GRACE_SECONDS: Final = 2.0  # a guest that blocks in a host call ends with its process only
_SCRIPT: Final = Path(__file__).with_name("worker_process.py")
Data: TypeAlias = bytes | bytearray | memoryview
_LENGTH: Final = struct.Struct("<I")


class Worker:
    """A process that runs one guest at a time. Every method is for the event loop's thread."""

    def __init__(self) -> None:
        self.data, data = socket.socketpair()
        self.control, control = socket.socketpair()
        with data, control:
            self.data.setblocking(False)
            self.control.setblocking(False)
            numbers = (data.fileno(), control.fileno())
            argv = [sys.executable, "-I", "-S", "-B", str(_SCRIPT), *map(str, numbers)]
            try:
                self._child = process.start(argv, env={}, fds=numbers, watched=False)
            except ToolError:
                self._close()
                raise
        self.pid = self._child.pid
        self.number = 0  # of the newest request
        self.busy = False  # with a request
        self.killed = False

    async def begin(self, plan: Plan, module: bytes, label: str) -> list[str]:
        """Let it load the module; gives what it has to say.

        Raises UsageError where the module cannot be served, ToolError where the process fails.
        """
        paths = [str(Path(entry).absolute()) for entry in sys.path if entry]
        hello, text = json.dumps({"sys_path": paths}).encode(), plan.to_json().encode()
        try:
            async with asyncio.timeout(START_SECONDS):
                await self._send(_LENGTH.pack(len(hello)) + hello)
                await self._send(PLAN.pack(len(text), len(module)) + text)
                await self._send(module)
                told, _ = await self._answer()
        except TimeoutError:
            raise UsageError(
                f"{label}: it is not ready to serve after {START_SECONDS:g} s"
            ) from None
        except OSError:
            raise ToolError(f"the worker {sys.executable} {self._ended()}") from None
        if "failed" in told:
            raise UsageError(f"{label}: {told['failed']}")
        notes: list[str] = told["notes"]
        return notes

    def take(self) -> int:
        """Take a request from here on; gives the number that `stop` knows it by."""
        self.number += 1
        self.busy = True
        return self.number

    async def ask(self, body: Data, size: int, seconds: float) -> Ending:
        """Let it answer what it took; however that ends, after `seconds` and a grace it has."""
        loop = asyncio.get_running_loop()
        end = loop.call_later(seconds + GRACE_SECONDS, self.kill)
        try:
            await self._send(REQUEST.pack(self.number, size))
            await self._send(body)
            told, output = await self._answer()
        except OSError:
            if self.killed:
                return Ending("time", detail=f"it blocks in a host call for over {seconds:g} s")
            return Ending("crash", detail=f"the worker {self._ended()}")
        finally:
            end.cancel()
            self.busy = False
        return Ending(**told, output=output)

    def stop(self, number: int) -> None:
        """Let the guest of that request end: it has an answer soon, or the process is killed.

        Where it has ended already, nothing is done: the worker may be at work for somebody else.
        """
        if not self._at_work_on(number):
            return
        with contextlib.suppress(OSError):
            self.control.send(STOP.pack(number))

        def see() -> None:
            if self._at_work_on(number):
                self.kill()

        asyncio.get_running_loop().call_later(GRACE_SECONDS, see)

    def _at_work_on(self, number: int) -> bool:
        return self.busy and self.number == number

    def kill(self) -> None:
        """End the process at once."""
        self.killed = True
        self._child.kill()

    @property
    def alive(self) -> bool:
        """Whether the process goes on."""
        return not self.killed and self._child.poll() is None

    def close(self) -> None:
        """End the process, and leave nothing of it."""
        self._close()
        process.end(self._child)

    def _close(self) -> None:
        self.data.close()
        self.control.close()

    def _ended(self) -> str:
        with contextlib.suppress(Exception):
            self._child.wait(GRACE_SECONDS)
        status = self._child.poll()
        return "does not answer" if status is None else f"ended with status {status}"

    async def _send(self, data: Data) -> None:
        await asyncio.get_running_loop().sock_sendall(self.data, data)

    async def _answer(self) -> tuple[dict[str, Any], bytearray]:
        told, output = ANSWER.unpack(await self._exactly(ANSWER.size))
        return json.loads(await self._exactly(told)), await self._exactly(output)

    async def _exactly(self, size: int) -> bytearray:
        data = bytearray(size)
        view = memoryview(data)
        loop = asyncio.get_running_loop()
        while view:
            read = await loop.sock_recv_into(self.data, view)
            if not read:
                raise ConnectionResetError
            view = view[read:]
        return data

"""The front's side of a worker: its process, the memory shared with it, and two sockets to it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from wasmtrim import process
from wasmtrim.errors import ToolError, UsageError
from wasmtrim.serve.channel import Answer, Channel
from wasmtrim.serve.exchange import PLAN, REQUEST, STOP, Ending
from wasmtrim.serve.loading import Plan
from wasmtrim.serve.shared import Data, Shared

START_SECONDS: Final = 90.0  # compiling a large module takes most of it
GRACE_SECONDS: Final = 2.0  # a guest that blocks in a host call ends with its process only
_SCRIPT: Final = Path(__file__).with_name("worker_process.py")
_LENGTH: Final = struct.Struct("<I")
# A request takes about as much memory as the one before: glibc keeps it for that (mallopt(3)).
KEPT_BYTES: Final = 16 << 20
_MEMORY: Final = {f"MALLOC_{name}_THRESHOLD_": str(KEPT_BYTES) for name in ("TRIM", "MMAP")}


class Worker:
    """A process that runs one guest at a time. Every method is for the event loop's thread."""

    def __init__(self) -> None:
        self.data, data = socket.socketpair()
        self.control, control = socket.socketpair()
        self.channel: Channel | None = None
        self.body = Shared()
        with data, control:
            self.data.setblocking(False)
            self.control.setblocking(False)
            numbers = (data.fileno(), control.fileno(), self.body.descriptor)
            argv = [sys.executable, "-I", "-S", "-B", str(_SCRIPT), *map(str, numbers)]
            try:
                self._child = process.start(argv, env=_MEMORY, fds=numbers, watched=False)
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
        self.channel = await Channel.over(self.data)
        answered: asyncio.Future[Answer | None] = asyncio.get_running_loop().create_future()

        def then(answer: Answer | None) -> None:
            if not answered.done():
                answered.set_result(answer)

        plan_first = PLAN.pack(len(text), len(module)) + text
        self.channel.ask(_LENGTH.pack(len(hello)) + hello, plan_first, module, then=then)
        try:
            async with asyncio.timeout(START_SECONDS):
                answer = await answered
        except TimeoutError:
            raise UsageError(
                f"{label}: it is not ready to serve after {START_SECONDS:g} s"
            ) from None
        if answer is None:
            raise ToolError(f"the worker {sys.executable} {self._ended()}")
        told, _ = answer
        if "failed" in told:
            raise UsageError(f"{label}: {told['failed']}")
        notes: list[str] = told["notes"]
        return notes

    def ask(self, body: Data, seconds: float, then: Callable[[Ending], None]) -> int:
        """Let it answer a request; gives the number that `stop` knows that by.

        `then` is called with how it ended, however that was, after `seconds` and a grace at most.
        """
        assert self.channel
        self.number += 1
        self.busy = True
        end = asyncio.get_running_loop().call_later(seconds + GRACE_SECONDS, self.kill)

        def answered(answer: Answer | None) -> None:
            end.cancel()
            self.busy = False
            if answer:
                told, output = answer
                then(Ending(**told, output=output))
            elif self.killed:
                then(Ending("time", detail=f"it blocks in a host call for over {seconds:g} s"))
            else:
                then(Ending("crash", detail=f"the worker {self._ended()}"))

        self.body.put(body)
        self.channel.ask(REQUEST.pack(self.number, len(body)), then=answered)
        return self.number

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
        return not self.killed and self.channel is not None and not self.channel.lost

    def close(self) -> None:
        """End the process, and leave nothing of it."""
        self._close()
        process.end(self._child)

    def _close(self) -> None:
        (self.channel or self.data).close()
        self.control.close()
        self.body.close()

    def _ended(self) -> str:
        with contextlib.suppress(Exception):
            self._child.wait(GRACE_SECONDS)
        status = self._child.poll()
        return "does not answer" if status is None else f"ended with status {status}"

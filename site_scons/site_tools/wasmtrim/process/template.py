"""A process that has loaded what a program needs, and forks for each time that it is to run.

Its standard input is a socket. A message is a byte with five descriptors: stdin, stdout and stderr
of a child, a pipe for its news, and the folder that it runs in. On that pipe the child writes its
process id when it is in a session of its own, and the template the complement of its status when it
ended: 4 bytes each, little-endian. At the end of the socket, which we hold, the template ends.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence

_PATIENCE_SECONDS = 10.0  # a template loads for a tenth of a second, then forks in a millisecond
_LOOK_AGAIN_SECONDS = 0.05


class Template:
    """Starts a program by a template, from the second time on; once that fails, never again."""

    def __init__(self, argv: Sequence[str], env: Mapping[str, str]) -> None:
        """`argv` starts the template, with `env` as its whole environment."""
        self._argv = tuple(argv)
        self._env = env
        self._lock = threading.Lock()
        self._times = 0
        self._process: tuple[subprocess.Popen[bytes], socket.socket] | None = None

    def fork(self, is_stopping: Callable[[], bool]) -> Forked | None:
        """Give a fresh child in our folder, or None where the program is to be started plainly.

        A child has no descriptors of ours but its pipes, and waits for its input.
        """
        with self._lock:
            self._times += 1
            try:
                if self._times == 2 and sys.platform == "linux":
                    self._start()
                forked = _asked(self._process[1]) if self._process else None
            except OSError:  # it can't be started, or ended, or doesn't listen
                forked = None
                self._end()
        if forked is None or forked.began(is_stopping):
            return forked
        forked.close()
        if not is_stopping():
            self.end()
        return None

    def end(self) -> None:
        """End the template. A child of it that is at work is lost, and started again."""
        with self._lock:
            self._end()

    def _start(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.settimeout(_PATIENCE_SECONDS)
        with theirs, contextlib.ExitStack() as undone:
            undone.enter_context(ours)
            program = subprocess.Popen(
                self._argv,
                env=self._env,
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            undone.pop_all()
        self._process = program, ours
        atexit.register(self.end)  # it is waited for, so the time of its children counts as ours

    def _end(self) -> None:
        if self._process:
            program, connection = self._process
            self._process = None
            connection.close()
            program.kill()
            program.wait()


class Forked:
    """A child of a template, as much of Popen as a run needs."""

    def __init__(self, stdin: int, stdout: int, stderr: int, news: int) -> None:
        self.stdin = os.fdopen(stdin, "wb")
        self.stdout = os.fdopen(stdout, "rb")
        self.stderr = os.fdopen(stderr, "rb")
        self.pid = 0
        self.is_lost = False  # its template ended first, so nobody knows how it ended
        self._news = os.fdopen(news, "rb", 0)
        self._status: int | None = None

    def began(self, is_stopping: Callable[[], bool]) -> bool:
        """Wait until it is there; tell whether it is, as far as we waited."""
        patience = time.monotonic() + _PATIENCE_SECONDS
        while not self._has_news(_LOOK_AGAIN_SECONDS):
            if is_stopping() or time.monotonic() > patience:
                return False
        self.pid = max(0, self._number() or 0)
        return self.pid > 0

    def close(self) -> None:
        """Let go of a child that did not begin: without its input it ends, if it begins later."""
        for pipe in (self.stdin, self.stdout, self.stderr, self._news):
            pipe.close()

    def poll(self) -> int | None:
        """Return its status if it ended; as Popen does."""
        return self.wait() if self._status is not None or self._has_news(0) else None

    def wait(self) -> int:
        """Wait until it ended, or is ended because it is lost; return its status, as Popen does."""
        if self._status is None:
            with self._news:
                told = self._number()
            self.is_lost = told is None
            self._status = -signal.SIGKILL if told is None else os.waitstatus_to_exitcode(~told)
            if self.is_lost:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(self.pid, signal.SIGKILL)
        return self._status

    def _has_news(self, seconds: float) -> bool:
        asked = select.poll()  # select.select takes no descriptor over 1023
        asked.register(self._news, select.POLLIN)
        return bool(asked.poll(1000 * seconds))

    def _number(self) -> int | None:
        found = self._news.read(4)
        return int.from_bytes(found, "little", signed=True) if found else None


def _asked(connection: socket.socket) -> Forked:
    """Ask a template for a child; give our ends of its pipes."""
    ours: list[int] = []
    theirs: list[int] = []
    try:
        for is_input in (True, False, False, False):
            reads, writes = os.pipe()
            ours.append(writes if is_input else reads)
            theirs.append(reads if is_input else writes)
        theirs.append(os.open(".", os.O_PATH))
        socket.send_fds(connection, [b"\0"], theirs)
    except OSError:
        for descriptor in ours:
            os.close(descriptor)
        raise
    finally:
        for descriptor in theirs:
            os.close(descriptor)
    return Forked(*ours)

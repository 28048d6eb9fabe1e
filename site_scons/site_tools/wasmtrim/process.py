"""The only door to other programs: bounded in time and in what they print, never left behind."""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from wasmtrim.errors import ToolError

KEPT_BYTES = 64 * 1024  # of each of stdout and stderr: the first and the last half of it
_CHUNK_BYTES = 16 * 1024
_KILL_AFTER_SECONDS = 2.0  # between asking a program to end and ending it
_LOOK_AGAIN_SECONDS = 0.05
_LET_GO_SECONDS = 2.0  # a child that left the program's group may hold its pipes open


@dataclass(frozen=True)
class Finished:
    """A program that ended by itself. A negative `status` is the signal that ended it."""

    argv: tuple[str, ...]
    status: int
    stdout: bytes
    stderr: bytes
    seconds: float

    @property
    def ended(self) -> str:
        """How it ended, in words: `exit status 1`, `killed by SIGSEGV`."""
        if self.status >= 0:
            return f"exit status {self.status}"
        try:
            return f"killed by {signal.Signals(-self.status).name}"
        except ValueError:
            return f"killed by signal {-self.status}"

    @property
    def said(self) -> str:
        """What it printed on stderr, else on stdout, as text without control characters."""
        text = (self.stderr.strip() or self.stdout.strip()).decode(errors="replace")
        return "".join(c if c.isprintable() or c in "\n\t" else f"\\x{ord(c):02x}" for c in text)


class Interrupted(ToolError):
    """The run was asked to stop while the program was at work."""


class NoEnd(ToolError):
    """The program was still at work when its time was over."""


def shown(argv: Sequence[str]) -> str:
    """Give argv as a line that a shell would take."""
    return shlex.join(argv)


def run(
    argv: Sequence[str],
    *,
    timeout: float,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    stdin: bytes = b"",
    limits: Callable[[], None] | None = None,
    whole: bool = False,
) -> Finished:
    """Run a program without a shell, wait for it, give what it printed and how it ended.

    `timeout` is in seconds. `env` is the whole environment; None is ours. `limits` runs in the
    child before the program (resource limits). `whole` keeps all that it prints, for a program
    that is trusted to print what it was asked for; else the middle of a long text is left out.
    The program and its children are one process group, which is ended when the time is over or
    the run is interrupted.

    Raises NoEnd when the program runs out of time, ToolError when it cannot be started.
    """
    started = time.monotonic()
    try:
        child = subprocess.Popen(
            argv,
            env=None if env is None else dict(env),
            cwd=cwd,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            preexec_fn=limits,
        )
    except (FileNotFoundError, NotADirectoryError):
        if cwd is not None and not cwd.is_dir():
            raise ToolError(f"{cwd}: no such folder") from None
        raise ToolError(f"{argv[0]}: no such program") from None
    except PermissionError:
        raise ToolError(f"{argv[0]}: not executable; give it its mode with chmod +x") from None
    except (OSError, subprocess.SubprocessError) as error:
        raise ToolError(f"{argv[0]}: cannot be started: {error}") from None
    assert child.stdin
    assert child.stdout
    assert child.stderr
    _children.add(child)
    try:
        out, err = _Kept(child.stdout, whole), _Kept(child.stderr)
        feeder = threading.Thread(target=_feed, args=(child.stdin, stdin), daemon=True)
        feeder.start()
        try:
            status = child.wait(timeout)
        except subprocess.TimeoutExpired:
            raise NoEnd(f"no end after {timeout:g} s: {shown(argv)}") from None
        if _children.stopping:
            raise Interrupted(f"interrupted: {shown(argv)}")
    finally:
        _end(child)
        _children.discard(child)
        feeder.join(_LET_GO_SECONDS)
        stdout, stderr = out.bytes(), err.bytes()
    return Finished(tuple(argv), status, stdout, stderr, time.monotonic() - started)


def stop_children() -> None:
    """End every program at work, gently first; each `run` that waits for one raises Interrupted.

    For a thread of its own, on a signal that arrives while others wait in `run`. Returns when none
    is left.
    """
    _children.stop()


class _Children:
    """The programs at work, so that an interrupt can reach those that other threads wait for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._alive: set[subprocess.Popen[bytes]] = set()
        self.stopping = False

    def add(self, child: subprocess.Popen[bytes]) -> None:
        with self._lock:
            self._alive.add(child)
            if self.stopping:
                _signal(child, signal.SIGTERM)

    def discard(self, child: subprocess.Popen[bytes]) -> None:
        with self._lock:
            self._alive.discard(child)

    def stop(self) -> None:
        self.stopping = True
        patience = time.monotonic() + _KILL_AFTER_SECONDS
        self._signal(signal.SIGTERM)
        while self._alive:
            time.sleep(_LOOK_AGAIN_SECONDS)
            if time.monotonic() > patience:
                self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        with self._lock:
            for child in self._alive:
                _signal(child, number)


_children = _Children()


class _Kept:
    """Reads a pipe to its end in a thread of its own, and keeps its first and last bytes."""

    def __init__(self, pipe: IO[bytes], whole: bool = False) -> None:
        self._pipe = pipe
        self._head = b""
        kept_chunks = None if whole else KEPT_BYTES // 2 // _CHUNK_BYTES
        self._tail: deque[bytes] = deque(maxlen=kept_chunks)
        self._read = 0
        self._thread = threading.Thread(target=self._drain, daemon=True)
        self._thread.start()

    def _drain(self) -> None:
        with self._pipe:
            while chunk := os.read(self._pipe.fileno(), _CHUNK_BYTES):
                self._read += len(chunk)
                room = KEPT_BYTES // 2 - len(self._head)
                self._head += chunk[:room]
                if chunk[room:]:
                    self._tail.append(chunk[room:])

    def bytes(self) -> bytes:
        self._thread.join(_LET_GO_SECONDS)
        tail = b"".join(self._tail)
        missing = self._read - len(self._head) - len(tail)
        gap = f"\n[{missing} bytes left out]\n".encode() if missing else b""
        return self._head + gap + tail


def _feed(pipe: IO[bytes], data: bytes) -> None:
    with contextlib.suppress(BrokenPipeError), pipe:
        pipe.write(data)


def _end(child: subprocess.Popen[bytes]) -> None:
    """End what is left of the child's process group, gently first."""
    if child.poll() is None:
        _signal(child, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(_KILL_AFTER_SECONDS)
    _signal(child, signal.SIGKILL)
    child.wait()


def _signal(child: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, number)

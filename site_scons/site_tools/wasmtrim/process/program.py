"""A program that is run: bounded in time, memory and output, and never left behind."""

from __future__ import annotations

import contextlib
import os
import resource
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, TypeAlias

from wasmtrim.errors import ToolError, UsageError
from wasmtrim.escaping import printable
from wasmtrim.process import groups, interrupts

if TYPE_CHECKING:
    from wasmtrim.process.template import Forked, Template

MEMORY_BYTES = 8 << 30  # wasm-opt may want tens of GiB; the system then ends any process
KEPT_BYTES = 64 * 1024  # of each of stdout and stderr: the first and the last half of it
_CHUNK_BYTES = 16 * 1024
_KILL_AFTER_SECONDS = 2.0  # between asking a program to end and ending it
_LOOK_AGAIN_SECONDS = 0.05
_LET_GO_SECONDS = 2.0  # a child that left the program's group may hold its pipes open
Child: TypeAlias = "subprocess.Popen[bytes]"
_Begun: TypeAlias = "subprocess.Popen[bytes] | Forked"


def refuse_windows() -> None:
    """Raise UsageError on Windows, where nothing of this works."""
    if sys.platform in ("win32", "cygwin"):
        raise UsageError("Windows is not supported; run wasmtrim inside WSL, on Linux or macOS")


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
        """What it printed on stderr, else on stdout, as lines that are printable."""
        text = (self.stderr.strip() or self.stdout.strip()).decode(errors="replace")
        return "\n".join(map(printable, text.split("\n")))


class NoEnd(ToolError):
    """The program was still at work when its time was over."""


def shown(argv: Sequence[str]) -> str:
    """Return argv as a line that a shell would take."""
    return shlex.join(argv)


def run(
    argv: Sequence[str],
    *,
    timeout: float,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    stdin: bytes = b"",
    memory: int = MEMORY_BYTES,
    whole: bool = False,
    template: Template | None = None,
) -> Finished:
    """Run a program without a shell, wait for it, give what it printed and how it ended.

    `timeout` is in seconds. `env` is the whole environment; None is ours. `memory` limits the data
    of each of its processes, in bytes; Linux alone holds it. `whole` keeps all that it prints, for
    a program that is trusted to print what it was asked for; else the middle of a long text is left
    out. `template` gives the same process in less time, where it can, in our folder.
    The program and its children are one process group, which is ended when the time is over, when
    we die, or when the run is interrupted: by `stop_children`, or by a signal that has a handler,
    which is called when the program is gone.

    Raises NoEnd when the program runs out of time, ToolError when it cannot be started,
    Interrupted when it was ended for us to stop.
    """
    started = time.monotonic()
    with interrupts.held_back() as signals:

        def is_stopping() -> bool:
            return bool(signals) or interrupts.is_stopping()

        def ended(child: _Begun) -> tuple[int, bytes, bytes]:
            return _ended(child, argv, timeout, stdin, memory, whole, is_stopping)

        forked = template.fork(is_stopping) if template else None
        found = ended(forked or _start(argv, env, cwd))
        if forked and forked.is_lost:
            found = ended(_start(argv, env, cwd))
    return Finished(tuple(argv), *found, time.monotonic() - started)


def start(
    argv: Sequence[str], *, env: Mapping[str, str], fds: Sequence[int] = (), watched: bool
) -> Child:
    """Start a program that goes on beside us, until `end`; with `fds` open under their numbers.

    It is in a group of its own, has no input, and our stderr. `env` is its whole environment.
    `watched`: it ends when we die, too; one that notices that by itself needs it not. Raises
    ToolError when it cannot be started.
    """
    try:
        child = subprocess.Popen(
            argv,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=fds,
            start_new_session=True,
        )
    except OSError as error:
        raise ToolError(f"{argv[0]}: cannot be started: {error}") from None
    if watched:
        groups.watch(child.pid)
    return child


def end(child: Child) -> None:
    """End a program that was started, with its group, at once."""
    _signal(child, signal.SIGKILL)
    child.wait()
    groups.forget(child.pid)


def _start(
    argv: Sequence[str],
    env: Mapping[str, str] | None,
    cwd: Path | None,
) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            argv,
            env=None if env is None else dict(env),
            cwd=cwd,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except (FileNotFoundError, NotADirectoryError):
        if cwd is not None and not cwd.is_dir():
            raise ToolError(f"{cwd}: no such folder") from None
        raise ToolError(f"{argv[0]}: no such program") from None
    except PermissionError:
        raise ToolError(f"{argv[0]}: not executable; give it its mode with chmod +x") from None
    except (OSError, subprocess.SubprocessError) as error:
        raise ToolError(f"{argv[0]}: cannot be started: {error}") from None


def _ended(
    child: _Begun,
    argv: Sequence[str],
    timeout: float,
    stdin: bytes,
    memory: int,
    whole: bool,
    is_stopping: Callable[[], bool],
) -> tuple[int, bytes, bytes]:
    """Wait for a program, or end it; its status, stdout and stderr."""
    _limit(child, memory)
    groups.watch(child.pid)
    assert child.stdin
    assert child.stdout
    assert child.stderr
    try:
        out, err = _Kept(child.stdout, whole), _Kept(child.stderr)
        feeder = threading.Thread(target=_feed, args=(child.stdin, stdin), daemon=True)
        feeder.start()
        status = _status(child, argv, timeout, is_stopping, (out, err))
    finally:
        _end(child)
        groups.forget(child.pid)
    feeder.join(_LET_GO_SECONDS)
    return status, out.bytes(), err.bytes()


def _limit(child: _Begun, memory: int) -> None:
    """Bound a program's data. A limit of its address space would not do: V8 reserves 10 GiB."""
    if sys.platform == "linux":
        with contextlib.suppress(ProcessLookupError):
            resource.prlimit(child.pid, resource.RLIMIT_DATA, (memory, memory))


def _status(
    child: _Begun,
    argv: Sequence[str],
    timeout: float,
    is_stopping: Callable[[], bool],
    pipes: Sequence[_Kept],
) -> int:
    """Wait for a program as Popen.wait does, but only until it shall stop.

    As a rule its pipes are closed when it ends, so that wakes us, and no time is slept away.
    """
    patience = time.monotonic() + timeout
    pause = 0.001
    while (status := child.poll()) is None:
        if is_stopping():
            raise interrupts.Interrupted(f"interrupted: {shown(argv)}")
        if time.monotonic() > patience:
            raise NoEnd(f"no end after {timeout:g} s: {shown(argv)}")
        if pipe := next(filter(_Kept.is_open, pipes), None):
            pipe.wait(_LOOK_AGAIN_SECONDS)
        else:
            time.sleep(pause)
            pause = min(2 * pause, _LOOK_AGAIN_SECONDS)
    return status


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

    def is_open(self) -> bool:
        return self._thread.is_alive()

    def wait(self, seconds: float) -> None:
        """Wait until the pipe is read to its end, so many seconds at most."""
        self._thread.join(seconds)

    def bytes(self) -> bytes:
        self.wait(_LET_GO_SECONDS)
        tail = b"".join(self._tail)
        missing = self._read - len(self._head) - len(tail)
        gap = f"\n[{missing} bytes left out]\n".encode() if missing else b""
        return self._head + gap + tail


def _feed(pipe: IO[bytes], data: bytes) -> None:
    with contextlib.suppress(BrokenPipeError), pipe:
        pipe.write(data)


def _end(child: _Begun) -> None:
    """End what is left of the child's process group, gently first."""
    if child.poll() is None:
        _signal(child, signal.SIGTERM)
        patience = time.monotonic() + _KILL_AFTER_SECONDS
        while child.poll() is None and time.monotonic() < patience:
            time.sleep(_LOOK_AGAIN_SECONDS / 10)
    _signal(child, signal.SIGKILL)
    child.wait()


def _signal(child: _Begun, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, number)

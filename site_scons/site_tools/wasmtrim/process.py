"""The only door to other programs: bounded in time, memory and output, never left behind."""

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
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import IO, TypeAlias

from wasmtrim.errors import ToolError, UsageError, WasmtrimError
from wasmtrim.escaping import printable

MEMORY_BYTES = 8 << 30  # wasm-opt may want tens of GiB; the system then ends any process
KEPT_BYTES = 64 * 1024  # of each of stdout and stderr: the first and the last half of it
_CHUNK_BYTES = 16 * 1024
_KILL_AFTER_SECONDS = 2.0  # between asking a program to end and ending it
_LOOK_AGAIN_SECONDS = 0.05
_LET_GO_SECONDS = 2.0  # a child that left the program's group may hold its pipes open
Child: TypeAlias = "subprocess.Popen[bytes]"
_ASKING_TO_END = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


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


class Interrupted(WasmtrimError):
    """The run was asked to stop while the program was at work. That says nothing of the program."""


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
) -> Finished:
    """Run a program without a shell, wait for it, give what it printed and how it ended.

    `timeout` is in seconds. `env` is the whole environment; None is ours. `memory` limits the data
    of each of its processes, in bytes; Linux alone holds it. `whole` keeps all that it prints, for
    a program that is trusted to print what it was asked for; else the middle of a long text is left
    out.
    The program and its children are one process group, which is ended when the time is over, when
    we die, or when the run is interrupted: by `stop_children`, or by a signal that has a handler,
    which is called when the program is gone.

    Raises NoEnd when the program runs out of time, ToolError when it cannot be started,
    Interrupted when it was ended for us to stop.
    """
    started = time.monotonic()
    with _held_back() as signals:
        child = _start(argv, env, cwd)
        _limit(child, memory)
        _reaper.watch(child.pid)
        assert child.stdin
        assert child.stdout
        assert child.stderr
        try:
            out, err = _Kept(child.stdout, whole), _Kept(child.stderr)
            feeder = threading.Thread(target=_feed, args=(child.stdin, stdin), daemon=True)
            feeder.start()
            status = _status(child, argv, timeout, signals, (out, err))
        finally:
            _end(child)
            _reaper.forget(child.pid)
        feeder.join(_LET_GO_SECONDS)
        stdout, stderr = out.bytes(), err.bytes()
    return Finished(tuple(argv), status, stdout, stderr, time.monotonic() - started)


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
        _reaper.watch(child.pid)
    return child


def end(child: Child) -> None:
    """End a program that was started, with its group, at once."""
    _signal(child, signal.SIGKILL)
    child.wait()
    _reaper.forget(child.pid)


_stopping = threading.Event()


def stop_children() -> None:
    """End every program at work, gently first, and each that is started from now on.

    Each `run` that waits for one raises Interrupted. For a thread of its own, on a signal that
    arrives while others wait in `run`.
    """
    _stopping.set()


def is_stopping() -> bool:
    """Return whether `stop_children` was called."""
    return _stopping.is_set()


def go_on() -> None:
    """Let programs be started again: for what is left to do before we end."""
    _stopping.clear()


@contextmanager
def _held_back() -> Iterator[list[int]]:
    """Hold back the signals that ask us to end; give those that come. At the end one is handled.

    A handler may raise between any two steps of the main thread: in the middle of Popen, and nobody
    knows of a program that runs; or while a lock of Popen is taken, and it is never released.
    """
    came: list[int] = []
    handlers: dict[int, Callable[[int, FrameType | None], object]] = {}
    if threading.current_thread() is threading.main_thread():
        found = {number: signal.getsignal(number) for number in _ASKING_TO_END}
        handlers = {number: handler for number, handler in found.items() if callable(handler)}
    try:
        for number in handlers:
            signal.signal(number, lambda number, _: came.append(number))
        yield came
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        if came:
            handlers[came[0]](came[0], None)


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


def _limit(child: subprocess.Popen[bytes], memory: int) -> None:
    """Bound a program's data. A limit of its address space would not do: V8 reserves 10 GiB."""
    if sys.platform == "linux":
        with contextlib.suppress(ProcessLookupError):
            resource.prlimit(child.pid, resource.RLIMIT_DATA, (memory, memory))


class _Reaper:
    """The process that ends our programs' groups if we die. It starts with the first program."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._groups: set[int] = set()
        self._pipe: int | None = None

    def watch(self, group: int) -> None:
        with self._lock:
            self._groups.add(group)
            self._tell(b"+%d\n" % group)

    def forget(self, group: int) -> None:
        with self._lock:
            if group in self._groups:
                self._groups.discard(group)
                self._tell(b"-%d\n" % group)

    def _tell(self, line: bytes) -> None:
        if self._pipe is not None:
            try:
                os.write(self._pipe, line)
            except BrokenPipeError:  # somebody ended it
                os.close(self._pipe)
                self._pipe = None
        if self._pipe is None:
            self._pipe = self._started()
            for group in self._groups:
                os.write(self._pipe, b"+%d\n" % group)

    def _started(self) -> int:
        """Start the process; give our end of its pipe, which no program of ours inherits."""
        reads, writes = os.pipe()
        argv = (sys.executable, "-I", "-S", str(Path(__file__).with_name("reaper.py")))
        actions = [
            (os.POSIX_SPAWN_DUP2, reads, 0),
            (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
            (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
        ]
        try:
            os.posix_spawn(sys.executable, argv, {}, file_actions=actions)
        finally:
            os.close(reads)
        return writes


_reaper = _Reaper()


def _status(
    child: subprocess.Popen[bytes],
    argv: Sequence[str],
    timeout: float,
    signals: Sequence[int],
    pipes: Sequence[_Kept],
) -> int:
    """Wait for a program as Popen.wait does, but only until it shall stop.

    As a rule its pipes are closed when it ends, so that wakes us, and no time is slept away.
    """
    patience = time.monotonic() + timeout
    pause = 0.001
    while (status := child.poll()) is None:
        if signals or _stopping.is_set():
            raise Interrupted(f"interrupted: {shown(argv)}")
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

"""The door to other programs: bounded in time and in what they print, and none is left behind."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from wasmtrim import process
from wasmtrim.errors import ToolError


def shell(script: str, timeout: float = 30, **options: object) -> process.Finished:
    return process.run(["/bin/sh", "-c", script], timeout=timeout, **options)  # type: ignore[arg-type]


def test_what_a_program_prints_and_how_it_ends() -> None:
    ended = shell("echo out; echo err >&2; exit 3")
    assert (ended.status, ended.stdout, ended.stderr) == (3, b"out\n", b"err\n")
    assert ended.ended == "exit status 3"
    assert ended.said == "err"


@pytest.mark.parametrize("name", ["SIGKILL", "SIGSEGV", "SIGABRT"])
def test_a_signal_is_named(name: str) -> None:
    assert shell(f"kill -{name.removeprefix('SIG')} $$").ended == f"killed by {name}"


def test_a_signal_without_a_name_is_numbered() -> None:
    assert shell("kill -40 $$").ended == "killed by signal 40"


def test_no_shell_looks_at_the_arguments() -> None:
    argument = "$HOME; `id` * \"'\\\n"
    assert process.run(["/bin/echo", "-n", argument], timeout=30).stdout.decode() == argument


def test_the_environment_is_the_one_given() -> None:
    assert process.run(["/usr/bin/env"], timeout=30, env={"A": "b"}).stdout == b"A=b\n"


def test_a_program_gets_its_input_and_need_not_read_it() -> None:
    much = bytes(10_000_000)
    assert shell("wc -c", stdin=much).stdout.strip() == b"10000000"
    assert shell("exit 0", stdin=much).status == 0


def test_the_middle_of_a_long_text_is_left_out() -> None:
    ended = shell("echo first; yes | head -c 1000000; echo last")
    assert ended.stdout.startswith(b"first\n")
    assert ended.stdout.endswith(b"last\n")
    assert b"bytes left out]" in ended.stdout
    assert len(ended.stdout) <= process.KEPT_BYTES + 100


def test_all_of_it_is_kept_where_it_was_asked_for() -> None:
    assert len(shell("yes | head -c 1000000", whole=True).stdout) == 1_000_000


def test_limits_hold_in_the_child_alone() -> None:
    ended = shell("ulimit -n", limits=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (99, 99)))
    assert ended.stdout == b"99\n"
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] != 99


def test_a_program_without_end() -> None:
    with pytest.raises(process.NoEnd, match=r"^no end after 0.2 s: /bin/sh -c 'sleep 600'$"):
        shell("sleep 600", timeout=0.2)


def test_a_missing_program_and_a_missing_folder_are_told_apart(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    with pytest.raises(ToolError, match=rf"^{gone}: no such program$"):
        process.run([str(gone)], timeout=1)
    with pytest.raises(ToolError, match=rf"^{gone}: no such folder$"):
        process.run(["/bin/true"], timeout=1, cwd=gone)


def test_a_child_that_left_the_group_holds_nothing_up(tmp_path: Path) -> None:
    started = time.monotonic()
    pid = tmp_path / "pid"
    ended = shell(f"setsid sleep 60 & echo $! > {pid}; echo done")
    os.kill(int(pid.read_text()), signal.SIGKILL)
    assert ended.stdout == b"done\n"
    assert time.monotonic() - started < 30


WAITS = """
import threading, time
from wasmtrim import process

def stop():
    time.sleep(0.5)
    process.stop_children()

threading.Thread(target=stop).start()
try:
    process.run(["/bin/sh", "-c", {script!r}], timeout=600)
except process.Interrupted as error:
    print(error)
"""


@pytest.mark.parametrize(
    "script", ["sleep 600", "trap '' TERM INT HUP; while true; do sleep 0.1; done"]
)
def test_an_interrupt_ends_a_program_that_another_thread_waits_for(script: str) -> None:
    """One that does not listen, too."""
    code = WAITS.format(script=script)
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert ended.stdout == f"interrupted: {process.shown(['/bin/sh', '-c', script])}\n"
    assert ended.stderr == ""


AT_EACH_LINE = """
import itertools, os, signal, sys
from wasmtrim import process

def lines_until_interrupted(at):
    lines = 0

    def trace(frame, event, argument):
        nonlocal lines
        lines += event == "line"
        if lines == at:
            sys.settrace(None)
            signal.raise_signal(signal.SIGINT)
        return trace

    sys.settrace(trace)
    try:
        process.run(["/bin/sleep", "0.02"], timeout=600)
    except KeyboardInterrupt:
        pass
    sys.settrace(None)
    return lines

for at in itertools.count(1):
    if lines_until_interrupted(at) < at:
        break
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        continue
    sys.exit(f"interrupted at line {at}, it left a program")
print(at > 50)
"""


def test_an_interrupt_between_any_two_lines_leaves_no_program() -> None:
    """In our code, or in that of the library that we call."""
    ended = subprocess.run(
        [sys.executable, "-c", AT_EACH_LINE], capture_output=True, text=True, timeout=120
    )
    assert ended.stdout == "True\n", ended.stderr

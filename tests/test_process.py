"""The door to other programs: bounded in time and in what they print, and none is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
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


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds a limit of data")
def test_a_program_has_a_limit_of_memory_and_so_have_its_children() -> None:
    one_gib = [sys.executable, "-c", "bytearray(1 << 30)"]
    parent = f"import subprocess; print(subprocess.run({one_gib}, stderr=-1).stderr.decode())"

    alone = process.run(one_gib, timeout=60, memory=256 << 20)
    within = process.run([sys.executable, "-c", parent], timeout=60, memory=256 << 20)

    assert alone.said.endswith("MemoryError")
    assert within.said.endswith("MemoryError")


PARENT = """
import signal, threading, time
from pathlib import Path
from wasmtrim import process

for number in (signal.SIGQUIT, signal.SIGHUP, signal.SIGABRT):
    signal.signal(number, signal.SIG_DFL)  # a job in the background may have inherited to ignore it

def known_to_the_reaper():
    with process.groups._reaper._lock:
        return bool(process.groups._reaper._groups)

def announce():
    while not (known_to_the_reaper() and Path("{pids}").exists()):
        time.sleep(0.01)
    Path("{ready}").touch()

threading.Thread(target=announce, daemon=True).start()
process.run(["/bin/sh", "-c", "sleep 600 & echo $$ $! > {pids}; wait"], timeout=600)
"""


@pytest.mark.parametrize("name", ["SIGKILL", "SIGQUIT", "SIGHUP", "SIGABRT"])
def test_a_program_and_its_children_end_with_us_however_we_die(name: str, tmp_path: Path) -> None:
    pids, ready = tmp_path / "pids", tmp_path / "ready"
    code = PARENT.format(pids=pids, ready=ready)
    parent = subprocess.Popen([sys.executable, "-c", code])
    until(ready.exists)
    until(lambda: len(pids.read_text().split()) == 2)

    parent.send_signal(signal.Signals[name])
    parent.wait()

    until(lambda: not any(map(is_running, pids.read_text().split())))


def until(holds: Callable[[], bool]) -> None:
    patience = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < patience
        time.sleep(0.02)


def is_running(pid: str) -> bool:
    """Whether there is such a process, and not only its exit status."""
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not (stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z")


def test_a_reaper_that_somebody_ended_is_replaced() -> None:
    code = """
import os, signal
from pathlib import Path
from wasmtrim import process

def children():
    return Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()

process.run(["/bin/true"], timeout=60)
[reaper] = children()
os.kill(int(reaper), signal.SIGKILL)
os.waitpid(int(reaper), 0)
process.run(["/bin/true"], timeout=60)
print(len(children()))
"""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (ended.stdout, ended.stderr) == ("1\n", "")


def test_a_program_without_end() -> None:
    with pytest.raises(process.NoEnd, match=r"^no end after 0.2 s: /bin/sh -c 'sleep 600'$"):
        shell("sleep 600", timeout=0.2)


def test_the_end_of_a_program_is_seen_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its pipes tell, so no pause is slept to its end."""
    slept: list[float] = []
    sleep = time.sleep

    def recorded(seconds: float) -> None:
        slept.append(seconds)
        sleep(seconds)

    monkeypatch.setattr(time, "sleep", recorded)
    shell("sleep 0.5")
    assert sum(slept) < 0.25


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
import itertools, os, sys
from pathlib import Path
from tests.interrupts import lines_until_interrupted
from wasmtrim import process

def children():
    return Path(f"/proc/self/task/{os.getpid()}/children").read_text()

process.run(["/bin/true"], timeout=600)
reaper = children()

def work():
    process.run(["/bin/sleep", "0.02"], timeout=600)

for at in itertools.count(1):
    if lines_until_interrupted(at, work) < at:
        break
    if children() != reaper:
        sys.exit(f"interrupted at line {at}, it left a program")
print(at > 50)
"""


def test_an_interrupt_between_any_two_lines_leaves_no_program() -> None:
    """In our code, or in that of the library that we call."""
    ended = subprocess.run(
        [sys.executable, "-c", AT_EACH_LINE], capture_output=True, text=True, timeout=120
    )
    assert ended.stdout == "True\n", ended.stderr

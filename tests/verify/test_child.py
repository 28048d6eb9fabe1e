"""A child process that a template forked is one that was started plainly, in less time."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import pytest

from wasmtrim import process
from wasmtrim.errors import ToolError
from wasmtrim.process import Finished, template
from wasmtrim.process.template import Template
from wasmtrim.verify import child

Ask = Callable[..., Finished | None]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux forks safely")

PREPARES = """
def prepare():
    import decimal
"""
OBEYS = """
def main(task):
    exec(task["code"], task)
"""
PARENT = "import os; print(os.getppid())"


def stand_in(folder: Path, prepares: str = PREPARES) -> Path:
    """A package with a child that does what its task says; the script that starts it."""
    script = folder / "wasmtrim" / "verify" / "child_main.py"
    script.parent.mkdir(parents=True)
    shutil.copyfile(Path(child.__file__).with_name("child_main.py"), script)
    obeying = folder / "wasmtrim" / "engine" / "obeying.py"
    obeying.parent.mkdir()
    obeying.write_text(prepares + OBEYS)
    return script


def asking(code: str, seconds: float = 60, **task: object) -> Finished | None:
    return child.ask("engine.obeying", {"code": code, **task}, seconds)


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ask]:
    """Asks the child; for the first time, and so plainly."""
    monkeypatch.setattr(child, "_MAIN", stand_in(tmp_path))
    made: list[Template] = []

    @cache
    def kept(argv: tuple[str, ...]) -> Template:
        made.append(Template(argv, child._ENV))
        return made[-1]

    monkeypatch.setattr(child, "_template", kept)
    yield asking
    for each in made:
        each.end()


@pytest.fixture
def warm(ask: Ask) -> Ask:
    """Asks the child, which a template forks."""
    said(ask(PARENT))
    assert parent(ask) != os.getpid()
    return ask


def said(finished: Finished | None) -> str:
    assert finished
    assert finished.status == 0, finished.said
    return finished.stdout.decode().strip()


def parent(ask: Ask) -> int:
    return int(said(ask(PARENT)))


def until(holds: Callable[[], bool]) -> None:
    patience = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < patience
        time.sleep(0.02)


def descriptors(pid: int) -> int:
    return len([*Path(f"/proc/{pid}/fd").iterdir()])


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_from_the_second_one_on_a_template_forks_them(ask: Ask) -> None:
    assert parent(ask) == os.getpid()
    forks = parent(ask)
    assert forks != os.getpid()
    assert parent(ask) == forks


SURROUNDINGS = """
import json, os, resource, signal, sys, threading
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
with os.scandir("/proc/self/fd") as listed:
    descriptors = {entry.name: os.readlink(entry.path).split(":")[0] for entry in listed}
del descriptors[max(descriptors, key=int)]  # of the list itself
print(json.dumps({
    "environment": dict(os.environ),
    "flags": str(sys.flags),
    "path": sys.path,
    "folder": os.getcwd(),
    "leads": [os.getsid(0) == os.getpid(), os.getpgid(0) == os.getpid()],
    "descriptors": sorted(descriptors.values()),
    "inherited": [os.get_inheritable(number) for number in range(3)],
    "limits": [resource.getrlimit(number) for number in range(16)],
    "signals": [status[name].strip() for name in ("SigBlk", "SigIgn", "SigCgt")],
    "threads": status["Threads"].strip(),
    "encodings": [(s.encoding, s.errors) for s in (sys.stdin, sys.stdout, sys.stderr)],
    "left of stdin": sys.stdin.read(),
    "nice": os.nice(0),
    "mask": os.umask(0),
    "module": __name__,
}))
"""


def test_it_is_surrounded_by_what_one_started_plainly_is(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "work").mkdir()
    passed, closed = os.pipe()
    os.set_inheritable(passed, True)  # as make passes its job server to all
    try:
        plain = json.loads(said(ask(SURROUNDINGS)))
        forks = parent(ask)
        monkeypatch.chdir(tmp_path / "work")
        forked = json.loads(said(ask(SURROUNDINGS)))
    finally:
        os.close(passed)
        os.close(closed)

    assert plain["environment"] == {**child._ENV, "LC_CTYPE": "C.UTF-8"}  # Python adds the last
    assert forked["folder"] == str(tmp_path / "work")
    assert forked == {**plain, "folder": forked["folder"]}
    assert Path(f"/proc/{forks}/cwd").readlink() == Path("/")
    assert descriptors(forks) == 3


def test_each_has_random_numbers_of_its_own(warm: Ask) -> None:
    code = "import random; print(random.random())"
    assert said(warm(code)) != said(warm(code))


@pytest.mark.parametrize(
    "code",
    [
        "print('well'); raise SystemExit(0)",
        "raise SystemExit('badly')",
        "print('out'); raise ValueError('what was wrong')",
        "import os; os.write(2, b'broken'); os._exit(7)",
        "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
        "import os; os.abort()",
        "import sys; sys.stdout.write('without a new line')",
        "import ctypes; ctypes.string_at(0)",
    ],
)
def test_it_ends_as_one_started_plainly_does(ask: Ask, code: str) -> None:
    plain = ask(code)
    parent(ask)
    forked = ask(code)
    assert plain
    assert forked
    assert (forked.argv, forked.status) == (plain.argv, plain.status)
    assert forked.stdout == plain.stdout
    assert forked.ended == plain.ended
    assert forked.said.splitlines()[-1:] == plain.said.splitlines()[-1:]


def test_a_package_that_is_missing_is_told_alike(ask: Ask) -> None:
    for _ in range(2):
        with pytest.raises(ToolError, match="No module named 'nowhere'; install"):
            ask("import nowhere")


def test_much_goes_in_and_comes_out(warm: Ask) -> None:
    much = "x" * 5_000_000
    finished = warm("print(text)", text=much)
    assert finished
    assert finished.stdout.decode() == f"{much}\n"


HANGS = """
import os, signal, subprocess, time
{first}
beside = subprocess.Popen(["/bin/sleep", "600"])
open(pids, "w").write(f"{{os.getpid()}} {{beside.pid}}")
time.sleep(600)
"""


@pytest.mark.parametrize("first", ["", "signal.signal(signal.SIGTERM, signal.SIG_IGN)"])
def test_one_without_end_is_ended_with_what_it_started(
    warm: Ask, tmp_path: Path, first: str
) -> None:
    pids = tmp_path / "pids"
    assert warm(HANGS.format(first=first), 1.0, pids=str(pids)) is None
    until(lambda: not any(is_running(int(pid)) for pid in pids.read_text().split()))
    assert parent(warm) != os.getpid()


def test_an_interrupt_ends_it(warm: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pids = tmp_path / "pids"
    stops = threading.Timer(1.0, process.stop_children)
    stops.start()
    try:
        with pytest.raises(process.Interrupted):
            warm(HANGS.format(first=""), pids=str(pids))
        with pytest.raises(process.Interrupted):
            warm(PARENT)
    finally:
        stops.join()
        process.go_on()
    until(lambda: not any(is_running(int(pid)) for pid in pids.read_text().split()))


def test_two_hundred_leave_no_process_and_no_descriptor(warm: Ask) -> None:
    forks = parent(warm)

    def left() -> tuple[int, int, str]:
        ours, its = map(descriptors, (os.getpid(), forks))
        return ours, its, Path(f"/proc/{forks}/task/{forks}/children").read_text()

    before = left()
    for _ in range(200):
        assert parent(warm) == forks
    assert left() == before
    assert before[2] == ""


def test_many_threads_each_get_their_own(warm: Ask) -> None:
    code = "import os; print(number, os.getppid())"
    with ThreadPoolExecutor(8) as threads:
        each = threads.map(lambda number: said(warm(code, number=number)), range(80))
        numbers, forks = zip(*(line.split() for line in each), strict=True)
    assert numbers == tuple(map(str, range(80)))
    assert set(forks) == {str(parent(warm))}


@pytest.mark.parametrize("by", [signal.SIGKILL, signal.SIGTERM])
def test_where_the_template_is_ended_the_child_is_started_plainly(
    warm: Ask, tmp_path: Path, by: signal.Signals
) -> None:
    lost = tmp_path / "lost"
    code = """
import os, time
if not os.path.exists(lost):
    open(lost, "w").write(str(os.getpid()))
    os.kill(os.getppid(), by)
    time.sleep(600)
print("done")
"""
    assert said(warm(code, lost=str(lost), by=by)) == "done"
    until(lambda: not is_running(int(lost.read_text())))
    assert parent(warm) == os.getpid()


def test_a_template_that_was_ended_before_is_no_harm(warm: Ask) -> None:
    os.kill(parent(warm), signal.SIGKILL)
    assert parent(warm) == os.getpid()


def test_a_template_that_does_not_answer_is_ended(
    warm: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    forks = parent(warm)
    monkeypatch.setattr(template, "_PATIENCE_SECONDS", 0.2)
    os.kill(forks, signal.SIGSTOP)
    assert parent(warm) == os.getpid()
    assert not is_running(forks)


@pytest.mark.parametrize(
    "fails",
    [
        "import nowhere",
        "import threading, time; threading.Thread(target=time.sleep, args=(600,)).start()",
        "import os; os._exit(0)",
        "import os; del os.pidfd_open",  # as on a system that has none
    ],
)
def test_what_can_not_be_prepared_is_started_plainly(ask: Ask, tmp_path: Path, fails: str) -> None:
    obeying = tmp_path / "wasmtrim" / "engine" / "obeying.py"
    obeying.write_text(f"def prepare():\n    {fails}\n{OBEYS}")
    assert [parent(ask) for _ in range(3)] == [os.getpid()] * 3


def test_another_system_starts_each_plainly(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert [parent(ask) for _ in range(3)] == [os.getpid()] * 3


def test_a_limit_of_memory_leaves_it_as_much(ask: Ask) -> None:
    code = """
import resource
resource.setrlimit(resource.RLIMIT_DATA, (256 << 20, 256 << 20))
taken = []
try:
    while True:
        taken.append(bytearray(1 << 20))
except MemoryError:
    print(len(taken))
"""
    plain = int(said(ask(code)))
    parent(ask)
    assert abs(int(said(ask(code))) - plain) <= 8


OURS = '''
import sys, threading, time
from pathlib import Path
from tests.verify import test_child
from wasmtrim.verify import child

child._MAIN = Path({script!r})
code = """
import os, time
open(pids, "a").write(f"{{os.getpid()}} {{os.getppid()}} ")
time.sleep(wait)
"""
for wait in (0, 0, 600):
    test_child.asking(code, 600, pids={pids!r}, wait=wait)
'''


@pytest.mark.parametrize("name", ["SIGKILL", "SIGTERM", "SIGINT"])
def test_all_end_with_us_however_we_die(name: str, tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    code = OURS.format(script=str(stand_in(tmp_path)), pids=str(pids))
    ours = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.DEVNULL)
    until(lambda: pids.exists() and len(pids.read_text().split()) == 6)
    at_work, forks = map(int, pids.read_text().split()[-2:])
    assert forks != ours.pid

    ours.send_signal(signal.Signals[name])
    ours.wait()

    until(lambda: not (is_running(at_work) or is_running(forks)))


AT_EACH_LINE = """
import itertools, os, sys
from pathlib import Path
from tests.interrupts import lines_until_interrupted
from tests.verify import test_child
from wasmtrim.verify import child

child._MAIN = Path({script!r})
code = "import os; print(os.getppid())"
test_child.asking(code)
forks = test_child.parent(test_child.asking)

def children(pid):
    return Path(f"/proc/{{pid}}/task/{{pid}}/children").read_text()

ours = children(os.getpid())

def work():
    test_child.asking(code)

for at in itertools.count({first}, {step}):
    if lines_until_interrupted(at, work) < at:
        break
    test_child.until(lambda: not children(forks))
    if children(os.getpid()) != ours:
        sys.exit(f"interrupted at line {{at}}, it left a program")
print(at > 50, test_child.parent(test_child.asking) == forks)
"""


@pytest.mark.parametrize(
    "step", [7, pytest.param(1, marks=pytest.mark.long)], ids=["some", "every"]
)
def test_an_interrupt_between_two_lines_leaves_no_process(step: int, tmp_path: Path) -> None:
    code = AT_EACH_LINE.format(script=str(stand_in(tmp_path)), first=1, step=step)
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=300
    )
    assert ended.stdout == "True True\n", ended.stderr

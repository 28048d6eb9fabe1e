"""A search on a cluster: a real scheduler, and workers as processes of this machine."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import dask
import pytest
from tests.tune.conftest import SMALL, WHOLE, StandIn, Tune

from wasmtrim import records
from wasmtrim.errors import ToolError, UsageError
from wasmtrim.records import Outcome
from wasmtrim.sizes import sha256
from wasmtrim.toolchain import Locator, Tool
from wasmtrim.tune import cluster as found
from wasmtrim.tune.bench import Progress
from wasmtrim.tune.candidate import TASK, Task, Tools
from wasmtrim.tune.cluster import Cluster, answer
from wasmtrim.tune.recipe import Recipe

Child = subprocess.Popen[bytes]
KEYS = ("ca-file", "client.cert", "client.key")


@dataclass(frozen=True)
class Running:
    """`join` starts a worker with a wasm-opt, and Python code that it runs first."""

    address: str
    scheduler: Child
    join: Callable[..., Child]


@contextmanager
def cluster(folder: Path, wasm_opts: Sequence[Tool]) -> Iterator[Running]:
    """A scheduler, and a worker for each wasm-opt."""
    children: list[Child] = []
    file = folder / "scheduler.json"
    where = ("--scheduler-file", str(file), "--no-dashboard")

    def start(program: str, *arguments: str, **env: str) -> Child:
        child = subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.dask_{program}", *arguments, *where],
            cwd=folder,
            env={**os.environ, **env},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        children.append(child)
        return child

    def join(tool: Tool, code: str = "") -> Child:
        first = folder / "first.py"
        first.write_text(code)
        alone = ("--nthreads", "1", "--no-nanny", "--preload", str(first))
        return start("worker", *alone, WASMTRIM_WASM_OPT=tool.argv[0])

    try:
        scheduler = start("scheduler", "--host", "127.0.0.1", "--port", "0")
        for tool in wasm_opts:
            join(tool)
        waiting = time.monotonic() + 120
        while not (file.exists() and file.read_text()):  # it is there before it is written
            assert time.monotonic() < waiting
            time.sleep(0.1)
        yield Running(json.loads(file.read_text())["address"], scheduler, join)
    finally:
        for child in children:
            child.kill()
            child.wait()


def test_it_finds_what_a_local_search_finds(stand_in: StandIn, tune: Tune, tmp_path: Path) -> None:
    tool = stand_in({"--gufa": SMALL})
    here = tune(tool, budget=3, recipes=["--gufa -Oz"])
    shutil.rmtree(tmp_path / "cache")
    with cluster(tmp_path, [tool]) as running:
        found = tune(tool, budget=3, recipes=["--gufa -Oz"], cluster=running.address)
    assert found == here


@pytest.mark.long
def test_a_worker_that_is_killed_loses_nothing(
    stand_in: StandIn, tune: Tune, tmp_path: Path
) -> None:
    """Not even the files that it alone has: the one that joins then is sent them again."""
    tool = stand_in({"--gufa": SMALL})
    here = tune(tool, budget=16)
    shutil.rmtree(tmp_path / "cache")
    with cluster(tmp_path, []) as running:
        worker = running.join(tool)

        def kill(progress: Progress) -> None:
            if progress.tried == 4:
                worker.send_signal(signal.SIGKILL)
                worker.wait()
                running.join(tool)

        assert tune(tool, budget=16, cluster=running.address, tell=kill) == here


@pytest.mark.long
def test_a_worker_with_another_wasm_opt_is_refused(
    stand_in: StandIn, tune: Tune, tmp_path: Path
) -> None:
    other = stand_in({"--gufa": "fail"})
    script = Path(other.argv[0])
    theirs = script.rename(tmp_path / "other-wasm-opt")
    ours = stand_in({})
    foreign = Tool("wasm-opt", (str(theirs),), "132", False, "a test", other.digest)
    with (
        cluster(tmp_path, [foreign]) as running,
        pytest.raises(ToolError, match=r"its wasm-opt is 132 .*, and the search is by 132"),
    ):
        tune(ours, cluster=running.address)


@pytest.mark.parametrize("name", ["wasm-opt", "wasm-tools", "wasmtrim", "wasmtime", "brotli"])
def test_a_worker_with_another_version_of_anything_is_refused_by_its_name(
    name: str, locator: Locator
) -> None:
    here = Tools.of(locator).made_by
    assert name in here
    task = Task(sha256(WHOLE), (), Recipe(), "raw", {**here, name: ("0.1", "")}, 60)
    said = answer(TASK.text(task), {task.module: WHOLE})
    assert re.fullmatch(f"refused: its {name} is .+, and the search is by 0.1", said)


def test_a_worker_without_a_program_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WASMTRIM_WASM_OPT", "/nowhere/wasm-opt")
    found._tools.cache_clear()
    task = Task(sha256(WHOLE), (), Recipe(), "raw", {}, 60)
    said = answer(TASK.text(task), {task.module: WHOLE})
    assert said.startswith("refused: WASMTRIM_WASM_OPT=/nowhere/wasm-opt: no such file")


@pytest.mark.parametrize(
    "given", [None, {"schema": 1}, b"{}", "{}", "x" * (2 << 20), '{"schema": 1, "size": -1}']
)
def test_an_outcome_is_plain_data_within_bounds(given: object) -> None:
    told = "a worker of the cluster gave no outcome; give all the same wasmtrim"
    with pytest.raises(ToolError, match=f"^{told}$"):
        found._read(given)


@pytest.mark.long
def test_a_worker_that_fails_is_an_error_in_a_line(
    stand_in: StandIn, tune: Tune, tmp_path: Path
) -> None:
    tool = stand_in({})
    fault = "import wasmtrim.tune.cluster as c; c._answered = lambda *_: 1 / 0"
    with cluster(tmp_path, []) as running:
        running.join(tool, fault)
        told = "a worker failed: ZeroDivisionError: division by zero; give all the same wasmtrim"
        with pytest.raises(ToolError, match=f"^scheduler {running.address}: {told}$"):
            tune(tool, cluster=running.address)


@pytest.mark.long
def test_a_scheduler_that_is_gone_is_an_error_in_a_line(
    stand_in: StandIn, tune: Tune, tmp_path: Path
) -> None:
    tool = stand_in({})
    with cluster(tmp_path, [tool]) as running:

        def kill(progress: Progress) -> None:
            if progress.tried == 2:
                running.scheduler.kill()

        told = "it is gone; start again: the search goes on where it was"
        with pytest.raises(ToolError, match=f"^scheduler {running.address}: {told}$"):
            tune(tool, cluster=running.address, tell=kill)


@pytest.mark.long
def test_a_cluster_without_workers_is_an_error_in_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(found, "_WORKER_SECONDS", 1)
    with (
        cluster(tmp_path, []) as running,
        pytest.raises(ToolError, match=r": no worker has joined it for 1 s$"),
    ):
        Cluster(running.address)


@pytest.mark.long
def test_ten_thousand_tiny_tasks_do_not_drown_the_scheduler(
    stand_in: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool, count, skipped = stand_in({}), 10_000, Outcome(skipped="tiny")
    told = records.OUTCOME.text(skipped)

    def tiny(text: str, blobs: Mapping[str, bytes]) -> str:
        return told

    monkeypatch.setattr("wasmtrim.tune.cluster.answer", tiny)
    task = Task(sha256(WHOLE), (), Recipe(), "raw", {}, 60)
    with cluster(tmp_path, [tool, tool]) as running:
        scheduler = Cluster(running.address)
        outcomes = dict(scheduler.run([task] * count, {task.module: WHOLE}, lambda: False))
        scheduler.close()
    assert outcomes == dict.fromkeys(range(count), skipped)


@pytest.mark.parametrize("address", ["tcp://10.0.0.1:8786", "10.0.0.1:8786", "tcp://host:1", "x"])
def test_plain_text_is_for_loopback_alone(address: str) -> None:
    with pytest.raises(UsageError, match="name tls://HOST:PORT"):
        Cluster(address)


def test_tls_without_keys_is_refused() -> None:
    with pytest.raises(UsageError, match=r"TLS has no keys.*DASK_DISTRIBUTED__COMM__TLS__CA_FILE"):
        Cluster("tls://10.0.0.1:8786")


def test_plain_text_is_refused_where_dask_is_told_to_encrypt() -> None:
    with (
        dask.config.set({"distributed.comm.require-encryption": True}),
        pytest.raises(UsageError, match=r"Dask's configuration allows only tls://HOST:PORT$"),
    ):
        Cluster("tcp://127.0.0.1:8786")


def test_a_server_that_is_no_scheduler_is_an_error_in_a_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(found, "_CONNECT_SECONDS", 1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(ToolError, match=f"^scheduler {address}: it cannot be reached: "):
            Cluster(address)


def test_a_key_that_is_not_there_is_told(tmp_path: Path) -> None:
    at = {f"distributed.comm.tls.{key}": str(tmp_path / "none.pem") for key in KEYS}
    with dask.config.set(at), pytest.raises(UsageError, match=r"keys of TLS: .*No such file"):
        Cluster("tls://10.0.0.1:8786")

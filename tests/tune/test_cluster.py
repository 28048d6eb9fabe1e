"""A search on a cluster: a real scheduler, and workers as processes of this machine."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.tune.conftest import SMALL, WHOLE, StandIn, Tune

from wasmtrim import records
from wasmtrim.errors import ToolError, UsageError
from wasmtrim.records import Outcome
from wasmtrim.sizes import sha256
from wasmtrim.toolchain import Tool
from wasmtrim.tune.candidate import Task
from wasmtrim.tune.cluster import Cluster
from wasmtrim.tune.recipe import Recipe
from wasmtrim.tune.tuning import Progress

Child = subprocess.Popen[bytes]


@contextmanager
def cluster(folder: Path, wasm_opts: list[Tool]) -> Iterator[tuple[str, list[Child]]]:
    """A scheduler with a worker for each wasm-opt; gives its address and the workers."""
    children: list[Child] = []

    def start(program: str, *arguments: str, **env: str) -> Child:
        child = subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.dask_{program}", *arguments],
            cwd=folder,
            env={**os.environ, **env},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        children.append(child)
        return child

    file = folder / "scheduler.json"
    where = ("--scheduler-file", str(file), "--no-dashboard")
    try:
        start("scheduler", "--host", "127.0.0.1", "--port", "0", *where)
        workers = [
            start("worker", "--nthreads", "1", "--no-nanny", *where, WASMTRIM_WASM_OPT=tool.argv[0])
            for tool in wasm_opts
        ]
        waiting = time.monotonic() + 120
        while not file.exists():
            assert time.monotonic() < waiting
            time.sleep(0.1)
        yield json.loads(file.read_text())["address"], workers
    finally:
        for child in children:
            child.kill()
            child.wait()


def test_it_finds_what_a_local_search_finds(stand_in: StandIn, tune: Tune, tmp_path: Path) -> None:
    tool = stand_in({"--gufa": SMALL})
    here = tune(tool, budget=3, recipes=["--gufa -Oz"])
    shutil.rmtree(tmp_path / "cache")
    with cluster(tmp_path, [tool]) as (address, _):
        assert tune(tool, budget=3, recipes=["--gufa -Oz"], cluster=address) == here


@pytest.mark.long
def test_a_worker_that_is_killed_loses_nothing(
    stand_in: StandIn, tune: Tune, tmp_path: Path
) -> None:
    tool = stand_in({"--gufa": SMALL})
    here = tune(tool, budget=16)
    shutil.rmtree(tmp_path / "cache")
    with cluster(tmp_path, [tool, tool]) as (address, workers):

        def kill(progress: Progress) -> None:
            if progress.tried == 4:
                workers[0].send_signal(signal.SIGKILL)

        assert tune(tool, budget=16, cluster=address, tell=kill) == here


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
        cluster(tmp_path, [foreign]) as (address, _),
        pytest.raises(ToolError, match=r"its wasm-opt is 132 .*, and the search is by 132"),
    ):
        tune(ours, cluster=address)


@pytest.mark.long
def test_ten_thousand_tiny_tasks_do_not_drown_the_scheduler(
    stand_in: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool, count, skipped = stand_in({}), 10_000, Outcome(skipped="tiny")
    told = records.OUTCOME.text(skipped)

    def tiny(text: str, blobs: Mapping[str, bytes]) -> str:
        return told

    monkeypatch.setattr("wasmtrim.tune.cluster.answer", tiny)
    task = Task(sha256(WHOLE), (), Recipe(), "raw", (tool.version, tool.digest), 60, None)
    with cluster(tmp_path, [tool, tool]) as (address, _):
        scheduler = Cluster(address)
        outcomes = dict(scheduler.run([task] * count, {task.module: WHOLE}, lambda: False))
        scheduler.close()
    assert outcomes == dict.fromkeys(range(count), skipped)


@pytest.mark.parametrize("address", ["tcp://10.0.0.1:8786", "10.0.0.1:8786", "tcp://host:1", "x"])
def test_plain_text_is_for_loopback_alone(address: str) -> None:
    with pytest.raises(UsageError, match="name tls://HOST:PORT"):
        Cluster(address)

"""`wasmtrim tune` as a user runs it, by the pinned wasm-opt."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

WASMTRIM = Path(sys.executable).with_name("wasmtrim")
# Two functions that are alike, and a constant that is hoisted.
MODULE = """(module
  (memory (export "memory") 1)
  (func (export "one") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 123456789)))
  (func (export "two") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 123456789))))"""


@pytest.fixture
def folder(tmp_path: Path, assemble: Callable[[str], bytes]) -> Path:
    # Outcomes stay in the user's cache, so each run has a module that no run before had.
    constant = str(100_000_000 + time.time_ns() % 30_000_000)
    (tmp_path / "in.wasm").write_bytes(assemble(MODULE.replace("123456789", constant)))
    return tmp_path


def argv(folder: Path, *more: str) -> list[str]:
    return [str(WASMTRIM), "tune", "in.wasm", "--metric", "raw", "--out", "out.wasm", *more]


def test_it_writes_a_smaller_module_and_says_how(folder: Path) -> None:
    done = subprocess.run(
        argv(folder, "--budget", "3", "--jobs", "1"), cwd=folder, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    size = (folder / "out.wasm").stat().st_size
    assert size < (folder / "in.wasm").stat().st_size
    told = done.stdout.splitlines()
    assert told[0].startswith(f"in.wasm: {size} bytes by raw, ")
    assert told[2] == "tried: 3 of 3, seed 1"
    assert "proof: not run: there is no profile with a smoke run" in told
    shown = done.stderr.splitlines()
    assert shown[0] == "tried 0 of 3, measuring -Oz"
    assert shown[1].startswith("tried 1 of 3, best ")
    assert re.fullmatch(f"tried 3 of 3, best {size} bytes, .* % to -Oz, proving it", shown[-1])


@pytest.mark.long
@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_that_ends_keeps_the_best_so_far(folder: Path, by: signal.Signals) -> None:
    asked = argv(folder, "--budget", "5000")
    child = subprocess.Popen(
        asked, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert child.stderr
    assert child.stdout
    assert child.stderr.readline() == "tried 0 of 5000, measuring -Oz\n"
    assert child.stderr.readline().startswith("tried 1 of 5000, best ")
    child.send_signal(by)
    stdout, stderr = child.communicate(timeout=120)
    assert child.returncode == 0, stderr
    assert stderr.splitlines()[-1].endswith(", stopped: proving it")
    told = stdout.splitlines()
    assert told[2].endswith(", seed 1; stopped early: the seed alone does not give this")
    assert told[0].startswith(f"in.wasm: {(folder / 'out.wasm').stat().st_size} bytes by raw, ")


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_nothing_is_left_running_of_a_search_that_is_killed(folder: Path) -> None:
    """And the next one begins where it was."""
    asked = argv(folder, "--budget", "500", "--jobs", "2")
    child = subprocess.Popen(
        asked, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    assert child.stderr
    while not child.stderr.readline().startswith("tried 1 of 500, best "):
        pass
    workers = Path(f"/proc/{child.pid}/task/{child.pid}/children").read_text().split()
    assert workers
    child.kill()
    child.communicate()
    waiting = time.monotonic() + 60
    while left := [pid for pid in workers if Path(f"/proc/{pid}").exists()]:
        assert time.monotonic() < waiting, left
        time.sleep(0.2)
    again = argv(folder, "--budget", "2")
    done = subprocess.run(again, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "tried 1 of 2" in done.stderr


def test_a_request_that_is_wrong_is_told_in_a_line(folder: Path) -> None:
    done = subprocess.run(
        [str(WASMTRIM), "tune", "in.wasm", "--out", "out.wasm"],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    told = "wasmtrim: --metric is missing: raw, gzip or brotli (there is no profile that has one)"
    assert done.stderr == f"{told}\n"

"""Fuel is a figure of speed that no machine, no run and no setting of the engine changes."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
import wasmtime
from tests.verify import running

from wasmtrim.engine.preview1 import make_linker
from wasmtrim.engine.run import make_store
from wasmtrim.toolchain import Locator, pins
from wasmtrim.verify import sandbox

# Everything here depends on chance or time in standard Go: the seed of a map, the scheduler's
# choices, a sleep, and the time of day.
PROGRAM = r"""
package main

import (
	"io"
	"math/rand"
	"os"
	"strconv"
	"time"
)

func main() {
	seen := map[string]int{}
	for i := 0; i < 500; i++ {
		seen[strconv.Itoa(i)] = i
	}
	sum := 0
	for key := range seen {
		sum = sum*31 + len(key)*rand.Intn(9)
	}
	done := make(chan int)
	for i := 0; i < 8; i++ {
		go func() {
			time.Sleep(time.Duration(i) * time.Minute)
			done <- i
		}()
	}
	for i := 0; i < 8; i++ {
		sum = sum*31 + <-done
	}
	input, _ := io.ReadAll(os.Stdin)
	now := time.Now().UnixNano()
	os.Stdout.WriteString(strconv.Itoa(sum) + " " + strconv.FormatInt(now, 10) + "\n")
	os.Stdout.Write(input)
}
"""


@pytest.fixture(scope="session")
def go_module(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("go")
    go = Locator(pins.load(), folder, cache=folder / "cache").find("go")
    (folder / "go.mod").write_text("module sample\n\ngo 1.22\n")
    (folder / "main.go").write_text(PROGRAM)
    fixed = {"GOOS": "wasip1", "GOARCH": "wasm", "GOENV": "off", "GOFLAGS": "", "GOWORK": "off"}
    argv = [*go.argv, "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", "m.wasm"]
    subprocess.run(argv, cwd=folder, env={**os.environ, **go.env, **fixed}, check=True)
    return folder / "m.wasm"


def test_ten_runs_give_one_figure(go_module: Path, tmp_path: Path) -> None:
    given = tmp_path / "input"
    given.write_bytes(bytes(range(256)) * 1000)
    runs = {running.run(go_module, tmp_path / "run", stdin=given) for _ in range(10)}
    (run,) = runs
    assert run.exit == 0, run
    assert run.fuel is not None
    assert run.fuel > 1_000_000


def test_another_clock_gives_another_figure(go_module: Path, tmp_path: Path) -> None:
    one = running.run(go_module, tmp_path / "run")
    other = running.run(go_module, tmp_path / "run", start_ms=1_800_000_000_000, step_ms=3)
    assert one.stdout_sha256 != other.stdout_sha256


def test_how_it_is_compiled_is_no_matter(go_module: Path, tmp_path: Path) -> None:
    ours = running.run(go_module, tmp_path / "run")
    config = wasmtime.Config()
    config.consume_fuel = True
    engine = wasmtime.Engine(config)  # optimized, and with wasmtime's own choice of registers
    request = {
        "fuel": sandbox.MOST_FUEL,
        "memory": sandbox.MOST_MEMORY,
        "table": 1_000_000,
        "stdin": os.devnull,
        "stdout": str(tmp_path / "stdout"),
        "stderr": str(tmp_path / "stderr"),
        "clock": {"start_ms": 0, "step_ms": 1},
        "now_ms": False,
        "argv": [],
        "env": {},
        "interface": None,
        "steps": [],
    }
    store = make_store(engine, request)
    store.set_fuel(sandbox.MOST_FUEL)
    linker = make_linker(engine, request)
    instance = linker.instantiate(store, wasmtime.Module.from_file(engine, go_module))
    start = instance.exports(store)["_start"]
    assert isinstance(start, wasmtime.Func)
    with pytest.raises(wasmtime.ExitTrap):
        start(store)
    assert sandbox.MOST_FUEL - store.get_fuel() == ours.fuel
    assert (tmp_path / "stdout").read_bytes() == (tmp_path / "run" / "stdout").read_bytes()

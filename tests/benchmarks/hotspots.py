"""Where the guest's instructions go, beside image/gif; and what counting costs.

    python tests/benchmarks/hotspots.py

Both programs are by standard Go and get the same frames: the smoke input, 36 frames of it. For
image/gif they become paletted as `gif.Encode` does it by itself: to the palette of Plan 9,
dithered. The rows:

- encode, decode: own instructions of the packages in ENCODE and DECODE, of all instructions.
- allocate: instructions of the allocator and all that it calls, collecting garbage among them.
- a frame: instructions and bytes that are asked for, by all frames.
- allocations/s: in a second of CPU time of the program as it is, compiled by wasmtime's defaults.
- counting: CPU time of the instrumented module, times that of the module as it is; and of a module
  that is sampled. The least of five runs each.
"""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

import wasmtime

PROJECT = Path(__file__).parents[2]
sys.path.insert(0, str(PROJECT))

from tests.guest.programs import GO  # noqa: E402

from wasmtrim.engine.preview1 import make_linker  # noqa: E402
from wasmtrim.engine.run import make_store  # noqa: E402
from wasmtrim.hotspots import allocators, exact, sampled, subject, summary  # noqa: E402
from wasmtrim.hotspots.instrumentation import instrumented  # noqa: E402
from wasmtrim.hotspots.subject import Subject  # noqa: E402
from wasmtrim.records.hotspots import NO_PARENT, HotspotsRecord  # noqa: E402

FRAMES = 36
GUEST = "wasmtrim/guest"
ENCODE = {
    *(f"{GUEST}/{name}" for name in ("gif", "lzw", "palette", "quantize", "lab")),
    *("image/gif", "compress/lzw", "image", "image/color", "image/draw", "bufio"),
}
DECODE = {
    *(f"{GUEST}/{name}" for name in ("wire", "stream", "word", "wasi")),
    *("encoding/binary", "encoding/json", "io", "main"),
}
STANDARD = """package main

import (
	"encoding/binary"
	"encoding/json"
	"image"
	"image/color/palette"
	"image/draw"
	"image/gif"
	"io"
	"os"
)

func main() {
	input, err := io.ReadAll(os.Stdin)
	if err != nil {
		panic(err)
	}
	var header struct{ Width, Height, Frames, Delay int }
	size := 4 + int(binary.LittleEndian.Uint32(input))
	if err := json.Unmarshal(input[4:size], &header); err != nil {
		panic(err)
	}
	bounds := image.Rect(0, 0, header.Width, header.Height)
	file := &gif.GIF{}
	for at := size; at < len(input); at += 4 * header.Width * header.Height {
		frame := &image.NRGBA{Pix: input[at:], Stride: 4 * header.Width, Rect: bounds}
		m := image.NewPaletted(bounds, palette.Plan9)
		draw.FloydSteinberg.Draw(m, bounds, frame, image.Point{})
		file.Image = append(file.Image, m)
		file.Delay = append(file.Delay, header.Delay/10)
	}
	if err := gif.EncodeAll(os.Stdout, file); err != nil {
		panic(err)
	}
}
"""


def frames() -> bytes:
    """The smoke input with its frames again and again."""
    data = (PROJECT / "config" / "smoke" / "squares.bin").read_bytes()
    (size,) = struct.unpack_from("<I", data)
    header, once = json.loads(data[4 : 4 + size]), data[4 + size :]
    one = 4 * header["width"] * header["height"]
    text = json.dumps(header | {"frames": FRAMES}).encode()
    more = (once * FRAMES)[: FRAMES * one]
    return struct.pack("<I", len(text)) + text + more


def build(folder: Path) -> dict[str, Path]:
    """The two programs, by standard Go."""
    assert GO, "there is no go"
    (folder / "standard").mkdir()
    (folder / "standard" / "main.go").write_text(STANDARD)
    (folder / "standard" / "go.mod").write_text("module standard\n\ngo 1.24\n")
    made = {}
    for name, place, package in (
        ("guest", PROJECT / "guest", "./cmd/gif"),
        ("image/gif", folder / "standard", "."),
    ):
        made[name] = folder / f"{Path(name).name}.wasm"
        argv = [GO, "build", "-trimpath", "-tags=quantize", "-ldflags=-s -w"]
        env = os.environ | {"GOOS": "wasip1", "GOARCH": "wasm"}
        subprocess.run([*argv, "-o", made[name], package], cwd=place, env=env, check=True)
    return made


def allocating(record: HotspotsRecord) -> int:
    """Instructions of allocators, and of all that they call."""
    within: list[bool] = []
    for stack in record.stacks:
        above = stack.parent != NO_PARENT and within[stack.parent]
        within.append(above or allocators.are(record.functions[stack.function].name))
    return sum(stack.fuel for stack, inside in zip(record.stacks, within, strict=True) if inside)


def seconds(given: Subject, data: bytes, folder: Path) -> float:
    """The least CPU time of a run, compiled as a host does."""
    engine = wasmtime.Engine()
    module = wasmtime.Module(engine, data)
    (_, case), *_ = given.cases
    task = {
        **{"memory": 1 << 29, "table": 1_000_000, "clock": {"start_ms": 0, "step_ms": 1}},
        **{"now_ms": True, "interface": None, "steps": [], "env": {}, "argv": list(case.argv)},
        **{"stdin": str(case.stdin), "stderr": os.devnull, "stdout": str(folder / "out")},
    }
    found = []
    for _ in range(5):
        store = make_store(engine, task)
        exports = make_linker(engine, task).instantiate(store, module).exports(store)
        start = exports["_start"]
        assert isinstance(start, wasmtime.Func)
        began = time.process_time()
        try:
            start(store)
        except wasmtime.ExitTrap as ended:
            if ended.code:
                raise
        found.append(time.process_time() - began)
    return min(found)


def figures(file: Path, given: Path, folder: Path) -> dict[str, str]:
    """A column of the table."""
    taken = subject.of_module(file, given, [], folder)
    record = exact.measure(taken, folder)
    whole = summary.total(record)
    packages = summary.by_package(record)

    def share(names: Iterable[str]) -> str:
        return f"{sum(packages[name].own for name in names if name in packages) / whole:.0%}"

    number = sum(stack.allocations for stack in record.stacks)
    size = sum(stack.allocated for stack in record.stacks)
    plain = seconds(taken, taken.shipped, folder)
    entries = allocators.entries(taken.measured, taken.owners, go=True)
    counting = seconds(taken, instrumented(taken.measured, entries), folder)
    seen = sampled.measure(taken, folder, 3)
    by_time = summary.by_package(seen)
    encode = sum(by_time[name].own for name in ENCODE if name in by_time) / summary.total(seen)
    return {
        "encode": share(ENCODE),
        "of that, dithering": share(["image/draw"]),
        "decode": share(DECODE),
        "allocate": f"{allocating(record) / whole:.0%}",
        "encode, by samples": f"{encode:.0%}",
        "instructions a frame": f"{whole / FRAMES:,.0f}",
        "allocations": f"{number:,}",
        "bytes allocated a frame": f"{size / FRAMES:,.0f}",
        "allocations/s": f"{number / plain:,.0f}",
        "difference to the shipped module": f"{record.cases[0].shipped - whole:,}",
        "counting": f"{counting / plain:.1f} x",
        "sampling": seen.notes[0].rpartition("(")[2].rstrip(")"),
    }


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        given = folder / "input"
        given.write_bytes(frames())
        columns: dict[str, Mapping[str, str]] = {}
        for title, file in build(folder).items():
            below = folder / file.stem
            below.mkdir()
            columns[title] = figures(file, given, below)
    print(f"| {FRAMES} frames of 64x48, RGBA, standard Go | " + " | ".join(columns) + " |")
    print("| --- |" + " ---: |" * len(columns))
    for row in next(iter(columns.values())):
        print(f"| {row} | " + " | ".join(column[row] for column in columns.values()) + " |")


if __name__ == "__main__":
    main()

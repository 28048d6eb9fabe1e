"""The guest's programs: building them, talking to them, and reading what they write."""

from __future__ import annotations

import io
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import numpy as np
import wasmtime
from numpy.typing import NDArray
from PIL import Image

if TYPE_CHECKING:
    from tests.guest.animations import Animation

Pixels = NDArray[np.uint8]

GUEST = Path(__file__).parents[2] / "guest"
# An environment's programs come first, even if it isn't active.
PATH = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
GO = shutil.which("go", path=PATH)


@dataclass(frozen=True)
class Run:
    """What a program did with its input; fuel and memory (bytes) only of a wasm module."""

    status: int
    output: bytes
    message: str
    fuel: int = 0
    memory: int = 0


@dataclass(frozen=True)
class Build:
    """A built command of the guest."""

    path: Path
    native: bool

    def run(self, stdin: bytes) -> Run:
        return run_native(self.path, stdin) if self.native else run_wasm(self.path, stdin)


def build(
    path: Path,
    command: str,
    tags: Iterable[str],
    *,
    native: bool,
    overlay: Path | None = None,
) -> Build:
    """Builds guest/cmd/COMMAND; the reactor is a library, all else programs.

    `overlay` is a file as `go help build` describes it: sources to take in place of others.
    """
    argv = ["-tags", ",".join(tags)]
    if overlay is not None:
        argv += ["-overlay", str(overlay)]
    if command == "gif-reactor":
        argv += ["-buildmode=c-shared"]
    go_build(path, *argv, f"./cmd/{command}", folder=GUEST, native=native)
    return Build(path, native)


def empty(folder: Path) -> Path:
    """A module of a program that does nothing: what is left is the compiler's runtime."""
    (folder / "go.mod").write_text("module empty\n\ngo 1.22\n")
    (folder / "main.go").write_text("package main\n\nfunc main() {}\n")
    go_build(folder / "empty.wasm", ".", folder=folder, native=False)
    return folder / "empty.wasm"


def go_build(path: Path, *arguments: str, folder: Path, native: bool) -> None:
    assert GO is not None
    argv = [GO, "build", "-trimpath", "-buildvcs=false", "-o", str(path)]
    environment = {**os.environ, "GOFLAGS": "", "GOWORK": "off"}
    if not native:
        environment |= {"GOOS": "wasip1", "GOARCH": "wasm"}
        argv += ["-ldflags=-s -w"]
    subprocess.run([*argv, *arguments], cwd=folder, env=environment, check=True)


def run_native(path: Path, stdin: bytes) -> Run:
    done = subprocess.run([str(path)], input=stdin, capture_output=True, check=False)
    return Run(done.returncode, done.stdout, done.stderr.decode())


@contextmanager
def serving(program: Path) -> Iterator[str]:
    """The address of the native handler, while it runs."""
    with subprocess.Popen([str(program)], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


@cache
def engine() -> wasmtime.Engine:
    config = wasmtime.Config()
    config.consume_fuel = True
    return wasmtime.Engine(config)


@cache
def compiled(path: Path) -> wasmtime.Module:
    return wasmtime.Module.from_file(engine(), str(path))


def run_wasm(path: Path, stdin: bytes | Iterable[bytes], now_ms: Iterable[int] = ()) -> Run:
    """Runs a module with a host clock that tells the given times, one a call.

    An input in parts comes through a pipe, so that it may be larger than any memory.
    """
    fuel = 10**13
    clock = iter(now_ms)
    linker = wasmtime.Linker(engine())
    linker.define_wasi()
    linker.define_func(
        "env", "now_ms", wasmtime.FuncType([], [wasmtime.ValType.i64()]), lambda: next(clock)
    )
    store = wasmtime.Store(engine())
    store.set_fuel(fuel)
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / name for name in ("in", "out", "err")]
        if isinstance(stdin, bytes):
            files[0].write_bytes(stdin)
        else:
            os.mkfifo(files[0])
            Thread(target=feed, args=(files[0], stdin), daemon=True).start()
        wasi = wasmtime.WasiConfig()
        wasi.stdin_file, wasi.stdout_file, wasi.stderr_file = map(str, files)
        store.set_wasi(wasi)
        instance = linker.instantiate(store, compiled(path))
        start, memory = instance.exports(store)["_start"], instance.exports(store)["memory"]
        assert isinstance(start, wasmtime.Func)
        assert isinstance(memory, wasmtime.Memory)
        status = 0
        try:
            start(store)
        except wasmtime.ExitTrap as exit_:
            status = exit_.code
        output, message = files[1].read_bytes(), files[2].read_text()
    return Run(status, output, message, fuel - store.get_fuel(), memory.data_len(store))


def feed(pipe: Path, parts: Iterable[bytes]) -> None:
    """Writes until all is written or nobody reads any more."""
    with suppress(BrokenPipeError), pipe.open("wb", buffering=0) as file:
        for part in parts:
            file.write(part)


def message(header: dict[str, object], payload: bytes) -> bytes:
    """The program's input: size, header, payload."""
    text = json.dumps(header).encode()
    return struct.pack("<I", len(text)) + text + payload


def indexed(animation: Animation, effort: int, delay: int = 50) -> bytes:
    """The program's input for an animation of indices."""
    count, height, width = animation.frames.shape
    header: dict[str, object] = {
        "width": width,
        "height": height,
        "frames": count,
        "delay": delay,
        "effort": effort,
        "pixels": "indexed",
    }
    if animation.clear:
        header["transparent"] = 255
    else:
        header["colours"] = int(animation.frames.max()) + 1
    return message(header, animation.palette.tobytes() + animation.frames.tobytes())


def rgba(frames: Pixels, **header: object) -> bytes:
    """The program's input for frames of shape (count, height, width, 4)."""
    count, height, width, _ = frames.shape
    size: dict[str, object] = {"width": width, "height": height, "frames": count}
    return message(size | header, frames.tobytes())


def coloured(animation: Animation) -> Pixels:
    """An animation of indices as RGBA."""
    alpha = np.full((256, 1), 255, np.uint8)
    table = np.hstack([animation.palette, alpha])
    if animation.clear:
        table[255] = 0
    return table[animation.frames]


def shown(frames: Pixels) -> Pixels:
    """What a GIF can show of frames in RGBA: opaque pixels, and nothing."""
    opaque = frames[..., 3] >= 128
    out = np.where(opaque[..., None], frames, 0).astype(np.uint8)
    out[opaque, 3] = 255
    return out


def played(file: bytes, most: int | None = None) -> tuple[Pixels, list[int]]:
    """The frames that Pillow shows, or the first of them, and their delays in milliseconds."""
    frames, delays = [], []
    with Image.open(io.BytesIO(file)) as picture:
        for number in range(getattr(picture, "n_frames", 1))[:most]:
            picture.seek(number)
            frames.append(np.asarray(picture.convert("RGBA")))
            delays.append(int(picture.info.get("duration", 0)))
    return shown(np.stack(frames)), delays

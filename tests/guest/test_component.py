"""The reactor becomes a component that a host calls by the interface's own types."""

from __future__ import annotations

import shutil
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import wasmtime
from tests.guest.decoders import agreed
from tests.guest.programs import GUEST, PATH, Build, shown
from wasmtime import component

# The adapter of WASI preview 1 for reactors is a file of this package.
ADAPTER = ("@bytecodealliance/jco@1.35.0", "package/lib/wasi_snapshot_preview1.reactor.wasm")
INTERFACE = "wasmtrim:gif/frame-stream@0.1.0"


def tool(name: str) -> str:
    found = shutil.which(name, path=PATH)
    if found is None:
        pytest.skip(f"needs {name}")
    return found


@pytest.fixture(scope="module")
def adapter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("adapter")
    package, member = ADAPTER
    argv = [tool("npm"), "pack", "--silent", package]
    done = subprocess.run(argv, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"needs {package} from the npm registry: {done.stderr[-200:]}")
    with tarfile.open(next(folder.glob("*.tgz"))) as archive:
        file = archive.extractfile(member)
        assert file is not None
        path = folder / "wasi_snapshot_preview1.wasm"
        path.write_bytes(file.read())
    return path


@pytest.fixture(scope="module")
def module(build: Callable[..., Build], adapter: Path, tmp_path_factory: Any) -> Path:
    """The component's file."""
    folder: Path = tmp_path_factory.mktemp("component")
    embedded, made = folder / "embedded.wasm", folder / "gif.wasm"
    wasm_tools = tool("wasm-tools")
    core = str(build("gif-reactor", "component").path)
    embed = [wasm_tools, "component", "embed", "-w", "generator", str(GUEST / "wit"), core]
    subprocess.run([*embed, "-o", str(embedded)], check=True)
    new = [wasm_tools, "component", "new", str(embedded), "--adapt", str(adapter)]
    subprocess.run([*new, "-o", str(made)], check=True)
    return made


@pytest.mark.long
def test_the_component_makes_an_animation(module: Path) -> None:
    engine = wasmtime.Engine()
    made = component.Component.from_file(engine, str(module))
    linker = component.Linker(engine)
    linker.add_wasip2()
    store = wasmtime.Store(engine)
    store.set_wasi(wasmtime.WasiConfig())
    instance = linker.instantiate(store, made)
    interface = made.get_export_index(INTERFACE)

    def call(name: str, *arguments: Any) -> Any:
        index = made.get_export_index(name, interface)
        assert index is not None
        function = instance.get_func(store, index)
        assert function is not None
        result = function(store, *arguments)
        function.post_return(store)
        return result

    frames = np.zeros((3, 10, 20, 4), np.uint8)
    frames[..., 3] = 255
    for number in range(3):
        frames[number, number : number + 4, 3:9] = (200, 30 * number, 0, 255)
    assert call("start", 20, 10, "") is None
    for number, frame in enumerate(frames):
        assert call("push-frame", frame.tobytes(), 1 + number * 500_000_000, 20, 10) is None
    assert call("push-frame", frames[0].tobytes(), 1, 20, 10) == "bad-timestamp"
    assert call("finish", 1_500_000_001) is None
    file = bytes(call("take-output"))
    shows, delays = agreed(file)
    assert np.array_equal(shows, shown(frames))
    assert delays == [500, 500, 500]

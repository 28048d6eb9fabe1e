"""The reactor becomes a component that a host calls by the interface's own types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import wasmtime
from tests.guest.decoders import agreed
from tests.guest.programs import GUEST, Build, shown
from wasmtime import component

from wasmtrim.profile import load
from wasmtrim.profile.values import COMPONENT_STAGES
from wasmtrim.stages import execution
from wasmtrim.stages.registry import STAGES
from wasmtrim.toolchain import Locator

ROOT = GUEST.parent

INTERFACE = "wasmtrim:gif/frame-stream@0.1.0"


@pytest.fixture(scope="module")
def module(
    build: Callable[..., Build], locator: Locator, tmp_path_factory: pytest.TempPathFactory
) -> bytes:
    """What the stages of the profile gif-component make of the reactor."""
    profile = load("gif-component", ROOT).profile
    made = build("gif-reactor", "component").path.read_bytes()
    for name in COMPONENT_STAGES:
        stage = STAGES[name]
        settings = stage.settings(profile)
        wit = {path.name: path.read_bytes() for path in (GUEST / "wit").iterdir()}
        made = execution.run(
            stage,
            settings,
            made,
            profile.contract.features,
            tool=locator.find(stage.PROGRAM),
            wasm_tools=locator.find("wasm-tools"),
            timeout=60,
            folder=tmp_path_factory.mktemp(name),
            beside=execution.Beside(
                wit if settings.folder else {},
                locator.find(settings.resource) if settings.resource else None,
            ),
        ).module
    return made


@pytest.mark.long
def test_the_component_makes_an_animation(module: bytes) -> None:
    engine = wasmtime.Engine()
    made = component.Component(engine, module)
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

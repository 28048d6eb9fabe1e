from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import wasmtime

from wasmtrim.toolchain import Locator, pins
from wasmtrim.toolchain.locate import Tool


@pytest.fixture(scope="session")
def wasm_tools(tmp_path_factory: pytest.TempPathFactory) -> Tool:
    cache = tmp_path_factory.mktemp("cache")
    return Locator(pins.load(), cache, cache=cache).find("wasm-tools")


@pytest.fixture
def module(tmp_path: Path) -> Callable[..., Path]:
    """Assembles WebAssembly text into a file and gives its path."""

    def assemble(text: str, name: str = "module.wasm") -> Path:
        path = tmp_path / name
        path.write_bytes(wasmtime.wat2wasm(text))
        return path

    return assemble

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import wasmtime


@pytest.fixture
def module(tmp_path: Path) -> Callable[..., Path]:
    """Assembles WebAssembly text into a file and gives its path."""

    def assemble(text: str, name: str = "module.wasm") -> Path:
        path = tmp_path / name
        path.write_bytes(wasmtime.wat2wasm(text))
        return path

    return assemble

"""Modules to read: written as text, made into bytes by wasm-tools."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

WASM_TOOLS = str(Path(sys.executable).with_name("wasm-tools"))


@pytest.fixture(scope="session")
def wat() -> Callable[[str], bytes]:
    """Makes the binary module of a WebAssembly text."""

    def assemble(text: str) -> bytes:
        argv = [WASM_TOOLS, "parse", "-"]
        return subprocess.run(argv, input=text.encode(), check=True, capture_output=True).stdout

    return assemble

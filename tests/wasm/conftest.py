"""Modules to read: written as text, made into bytes by wasm-tools."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

import pytest
from tests.conftest import WASM_TOOLS


@pytest.fixture(scope="session")
def wat() -> Callable[[str], bytes]:
    """Makes the binary module of a WebAssembly text."""

    def assemble(text: str) -> bytes:
        argv = [WASM_TOOLS, "parse", "-"]
        return subprocess.run(argv, input=text.encode(), check=True, capture_output=True).stdout

    return assemble

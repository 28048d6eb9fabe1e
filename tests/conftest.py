"""What several folders of tests share: modules written as text."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

WASM_TOOLS = Path(sys.executable).with_name("wasm-tools")


@cache
def assembled(text: str) -> bytes:
    argv = [str(WASM_TOOLS), "parse", "-"]
    return subprocess.run(argv, input=text.encode(), check=True, capture_output=True).stdout


@pytest.fixture(scope="session")
def assemble() -> Callable[[str], bytes]:
    """Makes the binary module of a WebAssembly text."""
    return assembled

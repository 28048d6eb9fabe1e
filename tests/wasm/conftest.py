"""Modules to read: written as text, made into bytes by wasm-tools."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.conftest import assembled


@pytest.fixture(scope="session")
def wat() -> Callable[[str], bytes]:
    """Makes the binary module of a WebAssembly text."""
    return assembled

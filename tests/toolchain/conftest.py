"""Toolchain files, cache folders and stand-in programs for the tests of this folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from wasmtrim.toolchain import Locator, load

Program = Callable[..., Path]


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """Write an executable script: `program("wasm-opt", "echo wasm-opt version 132")`."""

    def write(name: str, script: str, folder: str = "bin") -> Path:
        path = tmp_path / folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return path

    return write


@pytest.fixture
def locator(tmp_path: Path) -> Callable[..., Locator]:
    """A locator for a project in `tmp_path`, with a cache of its own: `locator(PATH="...")`."""

    def make(said: list[str] | None = None, **environ: str) -> Locator:
        says = ([] if said is None else said).append
        cache = tmp_path / "cache"
        return Locator(load(tmp_path), tmp_path, cache=cache, environ=environ, say=says)

    return make


@pytest.fixture
def pin(tmp_path: Path) -> Callable[[str], None]:
    """Write the project's config/toolchain.yaml."""

    def write(text: str) -> None:
        file = tmp_path / "config" / "toolchain.yaml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)

    return write


@pytest.fixture(scope="session")
def user_locator(tmp_path_factory: pytest.TempPathFactory) -> Locator:
    """A locator with the user's own cache: what was fetched once is not fetched again."""
    root = tmp_path_factory.mktemp("project")
    return Locator(load(), root)

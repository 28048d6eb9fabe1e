"""Projects to build: an empty one, one that is built already, one in Go, and a copy of our own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.scons.project import GO, GO_PROFILE, HELLO, PROFILE, SCONSTRUCT, Project


@pytest.fixture
def project(tmp_path: Path, assemble: Callable[[str], bytes]) -> Project:
    """A project with the module hello.wasm, and no profile yet."""
    made = Project(tmp_path / "project")
    made.write({"SConstruct": SCONSTRUCT, "hello.wasm": assemble(HELLO)})
    return made


@pytest.fixture(scope="session")
def built_once(
    tmp_path_factory: pytest.TempPathFactory, assemble: Callable[[str], bytes]
) -> Project:
    made = Project(tmp_path_factory.mktemp("built") / "project")
    made.write({"SConstruct": SCONSTRUCT, "hello.wasm": assemble(HELLO)})
    made.profile("hello", PROFILE)
    made.scons()
    return made


@pytest.fixture
def built(built_once: Project, tmp_path: Path) -> Project:
    """A project with the profile `hello`, built."""
    return built_once.copy(tmp_path / "built")


@pytest.fixture(scope="session")
def go_built_once(tmp_path_factory: pytest.TempPathFactory) -> Project:
    made = Project(tmp_path_factory.mktemp("go") / "project")
    made.write({"SConstruct": SCONSTRUCT, **GO})
    made.profile("guest", GO_PROFILE)
    made.scons()
    return made


@pytest.fixture
def go_built(go_built_once: Project, tmp_path: Path) -> Project:
    """A project with a Go program and the profile `guest`, built."""
    return go_built_once.copy(tmp_path / "built")

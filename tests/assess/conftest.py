"""A Go module with one of everything, read once by the real analyzer."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from wasmtrim.assess import analysis, rules
from wasmtrim.assess.facts import Facts
from wasmtrim.toolchain import Locator
from wasmtrim.toolchain.locate import user_cache

HERE = Path(__file__).parent


def analyze(folder: Path, locator: Locator, target: rules.Target = "wasip1") -> Facts:
    return analysis.analyze(
        folder,
        ["./..."],
        target,
        rules.load(),
        locator.find("go"),
        root=folder,
        cache=user_cache(),
        say=lambda _: None,
    )


@pytest.fixture(scope="session")
def module(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the module; its dependency lies beside it."""
    root = tmp_path_factory.mktemp("assess")
    for name in ("module", "dependency"):
        shutil.copytree(HERE / name, root / name)
    return root / "module"


@pytest.fixture(scope="session")
def facts(module: Path, locator: Locator) -> Facts:
    """What the analyzer says of it, for wasip1."""
    return analyze(module, locator)

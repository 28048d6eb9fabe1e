"""docs/commands.md says what the code does: generated parts are current, variables are told."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.manual import commands, scons
from tests.manual.markdown import renewed

import wasmtrim
from wasmtrim.cli.main import COMMANDS

PACKAGE = Path(wasmtrim.__file__).parent
COMMANDS_MD = Path(__file__).resolve().parents[2] / "docs" / "commands.md"


@pytest.mark.generated
def test_the_manual_is_current(is_current: Callable[[Path, str], None]) -> None:
    parts = {**commands.parts(), **scons.parts()}
    is_current(COMMANDS_MD, renewed(COMMANDS_MD.read_text(), parts))


def test_every_command_has_its_section() -> None:
    found = re.findall(r"^### `wasmtrim ([\w-]+)`$", COMMANDS_MD.read_text(), re.MULTILINE)
    assert tuple(found) == COMMANDS


def test_every_construction_variable_of_a_builder_is_told() -> None:
    code = "".join(path.read_text() for path in sorted((PACKAGE / "scons").rglob("*.py")))
    named = set(re.findall(r'"(WASM_FEATURES|WASM(?:SIZES|VERIFY)_[A-Z]+)"', code))
    assert len(named) > 5
    assert not {name for name in named if f"`{name}`" not in COMMANDS_MD.read_text()}

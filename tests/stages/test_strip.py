"""Strip cuts every custom section but those that are to stay."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.stages.conftest import Run

from wasmtrim import wasm

Assemble = Callable[[str], bytes]

THREE_SECTIONS = """
(module $named
  (func $f (export "f"))
  (@custom "producers" "\\00")
  (@custom "what it is" "notes"))
"""


def customs(module: bytes) -> list[str]:
    return [section.name for section in wasm.read(module).customs()]


@pytest.mark.parametrize(
    "keep", [(), ("name",), ("what it is",), ("producers", "name"), ("not-there",)]
)
def test_only_what_is_named_stays(run: Run, assemble: Assemble, keep: tuple[str, ...]) -> None:
    module = assemble(THREE_SECTIONS)
    there = {"name", "producers", "what it is"}
    assert set(customs(module)) == there
    assert set(customs(run("strip", module, keep=keep).module)) == there & set(keep)


def test_a_module_without_custom_sections_is_said_to_be_unchanged(
    run: Run, assemble: Assemble
) -> None:
    module = assemble('(module (func (export "f")))')
    result = run("strip", module)
    assert result.module == module
    assert result.record.notes == ("changed nothing",)

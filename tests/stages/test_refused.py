"""Valid modules that a stage's usual program or flags would refuse."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.stages.conftest import Program, Run

from wasmtrim import wasm
from wasmtrim.errors import ToolError
from wasmtrim.stages import features
from wasmtrim.toolchain import Locator

Assemble = Callable[[str], bytes]
HERE = Path(__file__).parent / "refused"


@pytest.mark.parametrize("name", ["gc", "wide"])
def test_every_stage_takes_it(
    run: Run, assemble: Assemble, locator: Locator, tmp_path: Path, name: str
) -> None:
    module = assemble((HERE / f"{name}.wat").read_text())
    (tmp_path / "module.wasm").write_bytes(module)
    used = features.of_module(
        wasm.read_binary(module), tmp_path / "module.wasm", locator.find("wasm-tools")
    )
    for stage in ("prune", "strip", "optimize"):
        module = run(stage, module, used).module
    after = wasm.read(module)
    assert {export.name for export in after.exports} == {"_start", "memory"}
    assert not after.customs()


def test_wasm_tools_strips_what_wasm_strip_cannot_read(run: Run, assemble: Assemble) -> None:
    text = (HERE / "gc.wat").read_text().rstrip().removesuffix(")")
    module = assemble(f'{text} (@custom "what it is" "a") (@custom "notes" "b"))')
    result = run("strip", module, ("gc", "reference-types"), keep=("notes",))
    assert [section.name for section in wasm.read(result.module).customs()] == ["notes"]
    assert result.record.tool.name == "wasm-tools"


def test_where_nothing_helps_the_stage_to_leave_out_is_named(
    run: Run, assemble: Assemble, stand_in: Program
) -> None:
    with pytest.raises(ToolError, match="leave optimize out of `stages` in the profile"):
        run("optimize", assemble("(module)"), program=stand_in("exit 1"))

"""A module becomes a component by the WIT of its world, and sheds what that brought."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.stages.conftest import Program, Run

from wasmtrim import wasm
from wasmtrim.errors import ToolError
from wasmtrim.stages import execution
from wasmtrim.stages.execution import Beside, StageResult
from wasmtrim.stages.registry import STAGES
from wasmtrim.toolchain import Locator, Tool

Assemble = Callable[[str], bytes]
Made = Callable[..., StageResult]

WIT = b"package a:sums@1.0.0; world adder { export add: func(a: u32, b: u32) -> u32; }"
ADDER = """
(module $adder
  (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
  (memory (export "memory") 1)
  (func $realloc (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 0))
  (func $add (export "add") (param i32 i32) (result i32)
    (drop (call $yield))
    (i32.add (local.get 0) (local.get 1))))
"""
# The real one is of this form: a module that shares the memory of the one that it serves.
ADAPTER = """
(module $adapter
  (import "env" "memory" (memory 0))
  (func $yield (export "sched_yield") (result i32) (i32.const 0))
  (func $exit (export "proc_exit") (param i32) unreachable))
"""


@pytest.fixture
def made(locator: Locator, assemble: Assemble, tmp_path: Path) -> Made:
    """Runs a stage, with the WIT and the adapter above."""

    def run(
        name: str, module: bytes, *, program: Tool | None = None, **settings: Any
    ) -> StageResult:
        stage = STAGES[name]
        asked = stage.Settings(**settings)
        adapter = tmp_path / "own.wasm"
        adapter.write_bytes(assemble(ADAPTER))
        digest = hashlib.sha256(adapter.read_bytes()).hexdigest()
        named = Tool("wasi-adapter", (str(adapter),), "of its own", False, "a test", digest)
        return execution.run(
            stage,
            asked,
            module,
            (),
            tool=program or locator.find("wasm-tools"),
            wasm_tools=locator.find("wasm-tools"),
            timeout=60,
            folder=tmp_path / "work",
            beside=Beside({"sums.wit": WIT}, named if asked.resource else None),
        )

    return run


def test_a_module_becomes_a_component(made: Made, assemble: Assemble) -> None:
    embedded = made("embed", assemble(ADDER), wit="some/wit", world="adder")
    assert embedded.record.argv == (
        "wasm-tools", "component", "embed", "--world=adder", "wit", "in.wasm", "--output=out.wasm",
    )  # fmt: skip
    whole = made("componentize", embedded.module)
    assert whole.record.argv == (
        "wasm-tools", "component", "new", "in.wasm",
        "--adapt=wasi_snapshot_preview1=adapter.wasm", "--output=out.wasm",
    )  # fmt: skip
    assert whole.record.notes == (
        "3 core modules more, which link it with its host",
        "with wasi-adapter of its own, which is not the pinned one",
    )
    found = wasm.read_binary(whole.module)
    assert isinstance(found, wasm.Component)
    assert [(e.name, str(e.type)) for e in found.exports] == [("add", "func")]
    assert found.imports == []


def test_a_world_need_not_be_named_where_there_is_one(made: Made, assemble: Assemble) -> None:
    assert (
        made("embed", assemble(ADDER)).module
        == made("embed", assemble(ADDER), world="adder").module
    )


@pytest.mark.parametrize(
    ("keep", "left"),
    [((), set()), (("name",), {"name"}), (("producers",), {"producers"})],
)
def test_trim_cuts_at_every_depth(
    made: Made, assemble: Assemble, keep: tuple[str, ...], left: set[str]
) -> None:
    whole = made("componentize", made("embed", assemble(ADDER)).module).module
    trimmed = made("trim", whole, keep=keep).module
    found = wasm.read_binary(trimmed)
    assert isinstance(found, wasm.Component)
    assert {section.name for section in found.customs()} == left
    assert len(trimmed) < len(whole)
    if not left:
        result = made("trim", trimmed)
        assert result.module == trimmed
        assert result.record.notes == (
            "there is no custom section to cut; the module is unchanged",
        )


def test_a_custom_section_of_any_name_is_cut(made: Made, assemble: Assemble) -> None:
    text = '(component (@custom "a (b) [c] \\\\ |" "x") (core module (@custom "name2" "y")))'
    found = wasm.read_binary(made("trim", assemble(text)).module)
    assert isinstance(found, wasm.Component)
    assert list(found.customs()) == []


def test_a_module_that_lacks_what_the_world_exports(made: Made, assemble: Assemble) -> None:
    embedded = made("embed", assemble(ADDER.replace('"add"', '"sub"'))).module
    with pytest.raises(ToolError) as caught:
        made("componentize", embedded)
    assert "componentize: wasm-tools" in str(caught.value)
    assert "failed to find export of function `add`" in str(caught.value)


def test_a_wit_that_is_none_is_told_in_the_tools_words(made: Made, assemble: Assemble) -> None:
    with pytest.raises(ToolError, match=r"embed: wasm-tools .*: exit status 1(.|\n)*no-such"):
        made("embed", assemble(ADDER), world="no-such")


def test_a_tool_that_leaves_something_else_is_not_believed(
    made: Made, assemble: Assemble, stand_in: Program, tmp_path: Path
) -> None:
    copies = stand_in("cp in.wasm out.wasm")
    with pytest.raises(ToolError, match="no section 'component-type' was added"):
        made("embed", assemble(ADDER), program=copies)
    with pytest.raises(ToolError, match="it left a module, not a component"):
        made("componentize", assemble(ADDER), program=copies)
    whole = made("componentize", made("embed", assemble(ADDER)).module).module
    with pytest.raises(ToolError, match="custom sections are still there: 'component-name'"):
        made("trim", whole, program=copies)
    (tmp_path / "other.wasm").write_bytes(assemble("(component (core module))"))
    other = stand_in(f"cp {tmp_path}/other.wasm out.wasm")
    with pytest.raises(ToolError, match="the module is not in the component, or was changed"):
        made("componentize", assemble(ADDER), program=other)
    with pytest.raises(ToolError, match="the core modules of the component changed"):
        made("trim", whole, program=other)


def test_prune_keeps_what_an_interface_lowers_to(assemble: Assemble, run: Run) -> None:
    kept = {"a:b/c@1.0.0#one", "cabi_post_a:b/c@1.0.0#one", "plain", "cabi_realloc"}
    exports = "".join(f'(func (export "{name}"))' for name in (*kept, "a:b/d@1.0.0#one", "malloc"))
    module = assemble(f"(module {exports})")
    pruned = run("prune", module, exports=("a:b/c@1.0.0", "plain", "cabi_realloc")).module
    assert {export.name for export in wasm.read(pruned).exports} == kept


@pytest.mark.parametrize("stage", [name for name in STAGES if name != "trim"])
def test_a_stage_of_core_modules_says_that_it_cannot_take_a_component(
    run: Run, assemble: Assemble, stage: str
) -> None:
    component = assemble('(component (core module (func)) (@custom "notes" "a"))')
    result = run(stage, component)
    assert result.module == component
    assert result.record.notes == (
        "it takes core modules, and this is a component; the module is unchanged",
    )

"""Prune keeps the exports that the contract names, and never loses one in silence."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.stages.conftest import Run

from wasmtrim import wasm
from wasmtrim.errors import ToolError

Assemble = Callable[[str], bytes]

ADD_AND_SUB = """
(module $pair
  (memory (export "memory") 1)
  (func $add (export "add") (param i32 i32) (result i32)
    (i32.add (local.get 0) (local.get 1)))
  (func $sub (export "sub") (param i32 i32) (result i32)
    (i32.sub (local.get 0) (local.get 1))))
"""


def exports(module: bytes) -> list[str]:
    return [export.name for export in wasm.read(module).exports]


def test_what_the_contract_names_stays_and_all_else_goes(run: Run, assemble: Assemble) -> None:
    result = run("prune", assemble(ADD_AND_SUB), exports=("add", "not-there"))
    assert exports(result.module) == ["memory", "add"]
    assert len(wasm.read(result.module).functions) == 1
    assert result.record.notes == ("dropped 1 of 3 exports: sub",)


def test_a_wildcard_keeps_all_exports_that_begin_so(run: Run, assemble: Assemble) -> None:
    result = run("prune", assemble(ADD_AND_SUB), exports=("a*",))
    assert exports(result.module) == ["memory", "add"]


def test_a_contract_that_names_no_function_of_the_module_prunes_nothing(
    run: Run, assemble: Assemble
) -> None:
    module = assemble(ADD_AND_SUB)
    result = run("prune", module, exports=("_start", "memory"))
    assert result.module == module
    assert "nothing would be left" in result.record.notes[0]


@pytest.mark.parametrize("name", ["_start", "_initialize", "memory"])
def test_what_a_host_looks_for_stays_without_being_named(
    run: Run, assemble: Assemble, name: str
) -> None:
    kind = "memory 1" if name == "memory" else "func"
    module = assemble(
        f'(module ({kind} (export "{name}")) (func (export "spare")))'.replace(
            'memory 1 (export "memory")', 'memory (export "memory") 1'
        )
    )
    assert exports(run("prune", module).module) == [name]


def test_a_module_that_exports_nothing_beyond_its_contract_is_handed_on(
    run: Run, assemble: Assemble
) -> None:
    module = assemble(ADD_AND_SUB)
    result = run("prune", module, exports=("add", "sub", "mul"))
    assert result.module == module
    assert result.record.argv == ()
    assert result.record.notes == (
        "the module exports nothing beyond its contract; the module is unchanged",
    )


def module_exporting(name: str, assemble: Assemble) -> bytes:
    text = "".join(f"\\{byte:02x}" for byte in name.encode())
    return assemble(f'(module (func (export "{text}")) (func (export "spare")))')


@pytest.mark.parametrize(
    "name", ["a b", "a.b#c/d", "a'b", "é", "e\u0301", "日本語", "\u202eb", "\U0001f980", ""]
)
def test_an_odd_name_stays(run: Run, assemble: Assemble, name: str) -> None:
    result = run("prune", module_exporting(name, assemble), exports=(name,))
    assert exports(result.module) == [name]


@pytest.mark.parametrize("name", ['a"b', "a\\b", "a\nb", "\t"])
def test_a_name_that_wasm_metadce_loses_fails_the_stage(
    run: Run, assemble: Assemble, name: str
) -> None:
    with pytest.raises(ToolError) as caught:
        run("prune", module_exporting(name, assemble), exports=(name,))
    assert str(caught.value).startswith(f"prune: wasm-metadce lost the exports {name!r}")
    assert "prune: false" in str(caught.value), "what to do"


@pytest.mark.parametrize("keep_names", [True, False])
def test_names_stay_only_where_they_are_to_be_shipped(
    run: Run, assemble: Assemble, keep_names: bool
) -> None:
    result = run("prune", assemble(ADD_AND_SUB), exports=("add",), keep_names=keep_names)
    assert (wasm.read(result.module).custom("name") is not None) == keep_names


def test_of_many_dropped_exports_the_first_are_named(run: Run, assemble: Assemble) -> None:
    functions = " ".join(f'(func (export "f{number}"))' for number in range(100))
    (note,) = run("prune", assemble(f"(module {functions})"), exports=("f0",)).record.notes
    assert note.startswith("dropped 99 of 100 exports: f1, f2, ")
    assert note.endswith(" f20, ...")

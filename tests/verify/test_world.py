"""A contract that names a world: the module is held against it, a component by wasm-tools."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.verify.reactor import text

from wasmtrim import wasm
from wasmtrim.check import Check
from wasmtrim.profile import Contract
from wasmtrim.toolchain.locate import Tool
from wasmtrim.verify import contract
from wasmtrim.verify.world import check_world
from wasmtrim.wit import World, packages, untargeted

Assemble = Callable[..., Path]
Checked = Callable[..., dict[str, Check]]
GENERATOR = (Path(__file__).parents[2] / "guest" / "wit" / "frame-stream.wit").read_text()
SUMS = "package a:sums@1.0.0; world adder { export add: func(a: u32, b: u32) -> u32; }"
ADDER = """
  (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))"""


@pytest.fixture
def checked(tmp_path: Path, wasm_tools: Tool) -> Checked:
    """Gives the checks of a module's imports, exports and world, by name."""

    def check(path: Path, wit: str, **rules: object) -> dict[str, Check]:
        (tmp_path / "wit").mkdir(exist_ok=True)
        (tmp_path / "wit" / "world.wit").write_text(wit)
        asked = Contract.model_validate({"wit": "wit", **rules})
        module = wasm.read_binary(path.read_bytes())
        judged = check_world(
            path, module, asked, root=tmp_path, wasm_tools=wasm_tools, work=tmp_path / "work"
        )
        assert judged
        imports = contract.check_imports(module, asked, judged.imports)
        exports = contract.check_exports(module, asked, judged.exports)
        return {found.name: found for found in (imports, exports, judged.check)}

    return check


@pytest.fixture
def component(module: Assemble, tmp_path: Path, wasm_tools: Tool) -> Callable[..., Path]:
    """Makes a component of a world, of a module's fields."""

    def made(wit: str, fields: str) -> Path:
        (tmp_path / "own.wit").write_text(wit)
        core, whole = module(f"(module {fields})", "core.wasm"), tmp_path / "component.wasm"
        for step in (
            ("embed", str(tmp_path / "own.wit"), str(core), f"--output={core}"),
            ("new", str(core), f"--output={whole}"),
        ):
            subprocess.run([*wasm_tools.argv, "component", *step], check=True, capture_output=True)
        return whole

    return made


def test_a_module_of_the_world_holds_without_a_line_of_the_profile(
    checked: Checked, module: Assemble
) -> None:
    found = checked(module(text()), GENERATOR, other_exports="refuse")
    assert {check.name: (check.ok, check.detail) for check in found.values()} == {
        "imports": (True, "none"),
        "exports": (True, "those of the world"),
        "world": (True, "wasmtrim:gif/generator@0.1.0, by its core types"),
    }


def test_exports_beyond_the_world_are_those_that_the_contract_tells_or_refuses(
    checked: Checked, module: Assemble
) -> None:
    more = module(text().replace("(module", '(module (func (export "spare"))', 1))
    assert checked(more, GENERATOR)["exports"].detail == "those of the world; others: spare"
    refused = checked(more, GENERATOR, other_exports="refuse")["exports"]
    assert not refused.ok
    assert refused.detail.startswith("export spare: func() is not in the contract; ")


def test_what_differs_from_the_world_fails_its_check_alone(
    checked: Checked, module: Assemble
) -> None:
    found = checked(module(text().replace("#finish", "#finished")), GENERATOR)
    assert [name for name, check in found.items() if not check.ok] == ["world"]
    assert found["world"].detail.startswith(
        "export wasmtrim:gif/frame-stream@0.1.0#finish is missing; the WIT is func(pts: u64)"
    )


def test_imports_beside_the_world_are_those_of_the_contract(
    checked: Checked, module: Assemble
) -> None:
    wit = "package a:b; world w { import log: func(); import gone: func(); }"
    path = module('(module (import "$root" "log" (func)) (import "env" "now" (func)))')
    refused = checked(path, wit)
    assert (refused["world"].ok, refused["imports"].ok) == (True, False)
    assert refused["imports"].detail.startswith("import env.now: func() is not allowed")
    allowed = checked(path, wit, imports={"env.now": "func()"})
    assert allowed["imports"].detail == "all 1 allowed; 1 more of the world"


def test_a_component_is_one_of_its_world(checked: Checked, component: Callable[..., Path]) -> None:
    found = checked(component(SUMS, ADDER), SUMS, other_exports="refuse")
    assert {name: check.ok for name, check in found.items()} == {
        "imports": True, "exports": True, "world": True,
    }  # fmt: skip


def test_a_component_shows_the_types_that_its_module_does_not(
    checked: Checked, component: Callable[..., Path]
) -> None:
    """`u32` and `char` are one core type."""
    found = checked(component(SUMS, ADDER), SUMS.replace("a: u32", "a: char"))
    assert not found["world"].ok
    assert found["world"].detail.startswith("a:sums/adder@1.0.0: type mismatch for export `add`: ")
    assert "`a`" in found["world"].detail


IMPORTING = """package a:sums@1.0.0;
interface log { say: func(code: u32); }
world adder { import log; export add: func(a: u32, b: u32) -> u32; }
"""
SAYING = f'(import "a:sums/log@1.0.0" "say" (func (param i32))) {ADDER}'


def test_a_component_may_import_what_the_contract_allows_beside_its_world(
    checked: Checked, component: Callable[..., Path]
) -> None:
    whole = component(IMPORTING, SAYING)
    assert checked(whole, IMPORTING)["imports"].ok
    narrow = IMPORTING.replace("import log; ", "")
    refused = checked(whole, narrow)
    assert (refused["world"].ok, refused["imports"].ok) == (False, False)
    assert "a:sums/log@1.0.0" in refused["world"].detail
    allowed = checked(whole, narrow, imports={"a:sums/*": "instance"})
    assert {check.ok for check in allowed.values()} == {True}
    other = narrow.replace("b: u32", "b: u64")
    assert not checked(whole, other, imports={"a:sums/*": "instance"})["world"].ok


def test_a_component_that_wasm_tools_is_not_done_with_fails(
    tmp_path: Path, component: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packages, "TIMEOUT_SECONDS", 0.2)
    slow = Tool("wasm-tools", ("/bin/sh", "-c", "sleep 9"), "1", False, "a test", "")
    told = untargeted(
        component(SUMS, ADDER),
        tmp_path / "own.wit",
        World("a:sums/adder@1.0.0", (), ()),
        (),
        wasm_tools=slow,
        work=tmp_path / "work",
    )
    assert told.startswith("no end after 0.2 s: /bin/sh -c 'sleep 9' component targets --world")

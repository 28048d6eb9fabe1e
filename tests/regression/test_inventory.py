from __future__ import annotations

from collections.abc import Callable

import pytest

from wasmtrim.attribution import NameSources
from wasmtrim.attribution.packages.naming import UNKNOWN_PACKAGE
from wasmtrim.errors import ModuleError
from wasmtrim.records.locations import SourceLocation
from wasmtrim.regression import inventory
from wasmtrim.regression.snapshot import Snapshot, alike
from wasmtrim.sizes import measure

GO = """(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $again (param i32)))
  (memory (export "memory") 1)
  (func $main.run (export "_start") (call $exit (i32.const 0)))
  (func $fmt.Sprintf (param i32) (result i32) (local.get 0))
  (func $fmt.Sprint (param i32) (result i32) (i32.const 1))
)"""


def test_functions_are_summed_up_by_package(assemble: Callable[[str], bytes]) -> None:
    found = inventory.of_module(assemble(GO))

    assert [f.name for f in found.functions] == ["main.run", "fmt.Sprintf", "fmt.Sprint"]
    assert {name: share.functions for name, share in found.packages.items()} == {
        "fmt": 2,
        "main": 1,
    }
    assert found.packages["fmt"].group == "standard library"


def test_the_sections_add_up_to_the_file(assemble: Callable[[str], bytes]) -> None:
    module = assemble(GO)

    assert sum(inventory.of_module(module).sections.values()) == len(module)


def test_an_import_that_is_there_twice_is_one(assemble: Callable[[str], bytes]) -> None:
    assert inventory.of_module(assemble(GO)).imports == (
        "wasi_snapshot_preview1.proc_exit: func(i32)",
    )


def test_a_function_that_nobody_knows_has_its_type_only(assemble: Callable[[str], bytes]) -> None:
    [function] = inventory.of_module(assemble("(module (func (param i32)))")).functions

    assert (function.name, function.package, function.type) == ("", UNKNOWN_PACKAGE, "func(i32)")


def test_an_unstripped_build_tells_the_names_of_a_stripped_module(
    assemble: Callable[[str], bytes],
) -> None:
    named, stripped = assemble("(module (func $main.run))"), assemble("(module (func))")

    assert inventory.of_module(stripped, NameSources(named)).functions[0].name == "main.run"


def test_what_is_no_module_is_refused_with_its_place() -> None:
    with pytest.raises(ModuleError, match="at byte"):
        inventory.of_module(b"\0asm\1\0\0\0\1\xff")


def test_a_module_of_which_nobody_knows_what_was_inlined_is_counted_as_the_other_one(
    assemble: Callable[[str], bytes],
) -> None:
    data = assemble(
        '(module (func $main.run (export "_start") (call $fmt.Sprint)) (func $fmt.Sprint nop))'
    )
    size = measure(data)
    places = {"main.run": SourceLocation("main.go", code={"main": 1, "fmt": 3})}
    with_lines = Snapshot("a", size, None, inventory.of_module(data, NameSources(locations=places)))
    without = Snapshot("b", size, None, inventory.of_module(data))

    counted = [snapshot.inventory for snapshot in alike(with_lines, without)]

    assert [held and held.packages["fmt"].bytes for held in counted] == [4, 4]
    assert with_lines.inventory
    assert with_lines.inventory.packages["fmt"].bytes > 4
    assert alike(with_lines, with_lines) == (with_lines, with_lines)

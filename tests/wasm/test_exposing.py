"""All memories and tables are exported, and nothing else in the module changes."""

from __future__ import annotations

import pytest
import wasmtime

from wasmtrim import wasm
from wasmtrim.wasm.exposing import exposed

BODY = '(func $f) (elem (i32.const 0) func $f) (data (i32.const 0) "x")'
MODULES = {
    "no exports": (
        f"(module (table 1 funcref) (memory 1) {BODY})",
        ["wasmtrim memory 0"],
        ["wasmtrim table 0"],
    ),
    "no exports and a start function": (
        f"(module (table 1 funcref) (memory 1) (start $f) {BODY})",
        ["wasmtrim memory 0"],
        ["wasmtrim table 0"],
    ),
    "some hidden": (
        '(module (import "a" "t" (table 1 funcref)) (table (export "t") (export "u") 1 funcref)'
        f' (memory 1) (memory (export "") 1) {BODY})',
        ["wasmtrim memory 0", ""],
        ["wasmtrim table 0", "u"],
    ),
    "a name that is taken": (
        f'(module (func (export "wasmtrim memory 0")) (table 1 funcref) (memory 1) {BODY})',
        ["wasmtrim memory 0'"],
        ["wasmtrim table 0"],
    ),
    "nothing hidden": (
        f'(module (table (export "t") 1 funcref) (memory (export "m") 1) {BODY})',
        ["m"],
        ["t"],
    ),
    "nothing at all": ("(module)", [], []),
}


@pytest.mark.parametrize("kind", MODULES)
def test_memories_and_tables_have_names(kind: str) -> None:
    text, memories, tables = MODULES[kind]
    before = wasm.read(bytes(wasmtime.wat2wasm(text)))
    found = exposed(before)
    assert (list(found.memories), list(found.tables)) == (memories, tables)
    after = wasm.read(found.data)
    wasmtime.Module(wasmtime.Engine(), found.data)
    assert {export.name for export in after.exports} == {
        *(export.name for export in before.exports),
        *found.added,
    }


def test_what_follows_the_exports_lies_further_by_the_shift() -> None:
    before = wasm.read(bytes(wasmtime.wat2wasm(MODULES["some hidden"][0])))
    found = exposed(before)
    after = wasm.read(found.data)
    index = before.imported_functions
    assert [at - found.shift for at in after.body(index)] == [*before.body(index)]
    rest = [section for section in before.sections if section.name in ("element", "code", "data")]
    for section in rest:
        moved = found.data[section.offset + found.shift : section.end + found.shift]
        assert moved == before.data[section.offset : section.end]

"""Functions that are assumed never to be reached: they trap, and what only they reach may go."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import wasmtime

from wasmtrim import wasm
from wasmtrim.errors import UsageError
from wasmtrim.stages.execution import StageResult
from wasmtrim.stages.snip import Function, notes, snip
from wasmtrim.wasm import names

TEXT = """(module
  (import "host" "print" (func $runtime.printimport))
  (func $main.main (export "main") (param i32) (result i32)
    local.get 0 (if (then (call $runtime.printint (i32.const 7)))) i32.const 5)
  (func $runtime.printint (param i32) (local i64) local.get 0 drop call $runtime.printnl)
  (func $runtime.printnl call $write)
  (func $write i32.const 1 drop call $shared)
  (func $shared i32.const 2 drop)
  (func $empty (export "empty"))
  (func $other (export "other") call $shared))"""
Assemble = Callable[[str], bytes]


def test_named_functions_trap_and_the_rest_does_not(assemble: Assemble) -> None:
    module = wasm.read(assemble(TEXT))
    snipped = snip(module, ["runtime.print*"])
    engine = wasmtime.Engine()
    store, linker = wasmtime.Store(engine), wasmtime.Linker(engine)
    linker.define_func("host", "print", wasmtime.FuncType([], []), lambda: None)
    instance = linker.instantiate(store, wasmtime.Module(engine, snipped.data)).exports(store)
    main = instance["main"]
    assert isinstance(main, wasmtime.Func)
    assert main(store, 0) == 5
    with pytest.raises(wasmtime.Trap, match="unreachable"):
        main(store, 1)


def test_only_bodies_change_and_no_offset_moves(assemble: Assemble) -> None:
    module = wasm.read(assemble(TEXT))
    after = wasm.read(snip(module, ["runtime.printint"]).data)
    assert len(after.data) == len(module.data)
    assert names.read(after).functions == names.read(module).functions
    start, end = module.body(2)
    assert after.data[:start] + module.data[start:end] + after.data[end:] == module.data


def test_the_reader_is_told_what_traps_and_what_leaves_with_it(assemble: Assemble) -> None:
    snipped = snip(wasm.read(assemble(TEXT)), ["runtime.printint", "fmt.*"])
    assert [function.name for function in snipped.functions] == ["runtime.printint"]
    assert snipped.left == (Function("runtime.printnl", 4), Function("write", 7))
    assert notes(snipped) == (
        "assumes that runtime.printint (9 bytes) is never reached; reaching it traps",
        "only they reach 2 functions of 11 bytes: runtime.printnl, write",
        "no function is named fmt.*",
    )


def test_brackets_and_dots_of_a_name_stand_for_themselves(assemble: Assemble) -> None:
    text = '(module (func $"a.b[int]" i32.const 1 drop) (func $"axb[int]" i32.const 1 drop))'
    found = snip(wasm.read(assemble(text)), ["a.b[int]"]).functions
    assert [function.name for function in found] == ["a.b[int]"]


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        ("fmt.Println", True),
        ("fmt.Print", False),
        ("fmt.*", True),
        ("*Println", True),
        ("*.Print*", True),
        ("f*t*ln", True),
        ("fmt.Print*tln", False),
        ("*" * 50, True),
    ],
)
def test_a_star_stands_for_any_text(assemble: Assemble, pattern: str, matches: bool) -> None:
    module = wasm.read(assemble('(module (func $"fmt.Println" i32.const 1 drop))'))
    assert bool(snip(module, [pattern]).functions) == matches


def test_imports_and_empty_functions_are_left(assemble: Assemble) -> None:
    module = wasm.read(assemble(TEXT))
    snipped = snip(module, ["runtime.printimport", "empty"])
    assert snipped.data == module.data
    assert snipped.unmatched == ("runtime.printimport", "empty")


def test_the_stage_does_it_in_a_child_and_tells_what_it_assumes(
    assemble: Assemble, run: Callable[..., StageResult]
) -> None:
    module = assemble(TEXT)
    made = run("snip", module, functions=("runtime.print*",))
    assert made.module == snip(wasm.read(module), ["runtime.print*"]).data
    assert made.record.argv[1:] == ("snip", "in.wasm", "--out=out.wasm", "--", "runtime.print*")
    assert made.record.notes[0].startswith("assumes that runtime.printint (9 bytes) is never")


def test_a_module_without_names_is_refused(assemble: Assemble) -> None:
    module = wasm.read(assemble('(module (func (export "f")))'))
    with pytest.raises(UsageError, match="the module has no function names"):
        snip(module, ["*"])

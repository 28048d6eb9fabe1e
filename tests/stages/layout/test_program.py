"""Modules taken apart and put together again, in the same and in other orders."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable

import pytest
from tests.conftest import WASM_TOOLS
from tests.stages.layout import layouts

from wasmtrim import wasm
from wasmtrim.errors import ToolError
from wasmtrim.stages.layout import program, proof
from wasmtrim.stages.layout.data import Unmovable
from wasmtrim.stages.layout.program import Arrangement
from wasmtrim.wasm import leb128, names

Assemble = Callable[[str], bytes]

EVERYWHERE = """
(module
  (type $t (func))
  (import "m" "f" (func $imported))
  (table 9 funcref)
  (table 3 3 funcref (ref.func $b))
  (global funcref (ref.func $c))
  (elem (i32.const 1) func $a $imported $c)
  (elem (table 1) (i32.const 0) funcref (ref.func $b) (ref.null func) (item ref.func $a))
  (elem declare func $d)
  (elem func $e $a)
  (export "a" (func $a))
  (export "i" (func $imported))
  (start $d)
  (func $a (param $p i32) (local $l i64) (block $out (br_if $out (local.get $p))) call $e)
  (func $b call $a (unreachable))
  (func $c (drop (ref.func $d)) (return_call $imported))
  (func $d (call_indirect (type $t) (i32.const 1)))
  (func $e (local $x f32) (block $deep (br $deep)))
)
"""


def test_functions_move_with_all_that_names_them(assemble: Assemble) -> None:
    """wasm-tools prints the same text, but for the order of functions."""
    data = assemble(EVERYWHERE)
    taken = program.read(wasm.read(data))
    for seed in range(5):
        arrangement = layouts.shuffled(taken, seed)
        moved = taken.write(arrangement)
        assert moved != data
        proof.prove(taken, arrangement, moved)
        functions, others = layouts.printed(moved)
        was, were = layouts.printed(data)
        assert functions == was
        assert others == were
        assert list(functions) != list(was)


def test_names_stay_with_their_functions(assemble: Assemble) -> None:
    data = assemble(EVERYWHERE)
    taken = program.read(wasm.read(data))
    moved = wasm.read(taken.write(layouts.shuffled(taken)))
    was, now = names.read(taken.module), names.read(moved)
    assert sorted(was.functions.values()) == sorted(now.functions.values())
    assert now.fault is None
    assert list(now.functions) == sorted(now.functions)


HINTED = """
(module
  (func $long {calls})
  (func $hinted (param i32) call 9 (@metadata.code.branch_hint "\\00")
    (if (local.get 0) (then call 1)))
  {functions})
"""


def test_branch_hints_stay_at_their_instructions(assemble: Assemble) -> None:
    """A call that gets another length moves the hint behind it."""
    data = assemble(HINTED.format(calls="call 1 " * 3, functions="(func)" * 200))
    taken = program.read(wasm.read(data))
    order = [*taken.found.order]
    order[9], order[180] = order[180], order[9]
    arrangement = Arrangement([*order[2:], *order[:2]], None)
    moved = taken.write(arrangement)
    proof.prove(taken, arrangement, moved)
    argv = [WASM_TOOLS, "print", "-"]
    text = subprocess.run(argv, input=moved, check=True, capture_output=True, text=False).stdout
    assert re.search(rb'branch_hint "\\00"\)\s*if', text)


def padded(data: bytes, at: int, width: int) -> bytes:
    """With the one-byte integer at `at` written in `width` bytes, in no section's size."""
    return data[:at] + leb128.unsigned(data[at], width) + data[at + 1 :]


def test_integers_longer_than_they_must_be_come_back(assemble: Assemble) -> None:
    """As of a linker that leaves room: in section sizes, body sizes, calls and segments."""
    data = assemble(
        '(module (func call 1) (func call 0) (memory 1) (data (i32.const 8) "hi")'
        ' (export "a" (func 1)))'
    )
    module = wasm.read(data)
    code = module.sections[[s.name for s in module.sections].index("code")]
    body, _ = module.body(0)
    call = body + 2
    data = padded(data, call, 3)  # the call grows by two bytes; so do what holds it
    data = data[: body - 1] + leb128.unsigned(data[body - 1] + 2, 4) + data[body:]
    size = leb128.unsigned(data[code.offset + 1] + 5, 5)
    data = data[: code.offset + 1] + size + data[code.offset + 2 :]
    taken = program.read(wasm.read(data))
    assert len(taken.widths) == 3
    assert taken.write(taken.found) == data
    arrangement = Arrangement([1, 0], taken.found.segments)
    moved = taken.write(arrangement)
    assert len(moved) == len(data) - 2 - 3 - 4
    proof.prove(taken, arrangement, moved)


def test_a_wrong_result_is_found_out(assemble: Assemble) -> None:
    data = assemble(
        '(module (func) (func call 0) (func call 1) (memory 1) (data (i32.const 8) "hi"))'
    )
    taken = program.read(wasm.read(data))
    arrangement = Arrangement([2, 0, 1], taken.found.segments)
    right = taken.write(arrangement)
    proof.prove(taken, arrangement, right)
    for wrong in (
        taken.write(Arrangement([2, 1, 0], taken.found.segments)),
        right.replace(b"hi", b"ho"),
        taken.write(Arrangement([2, 0, 1], [])),
        data,
    ):
        with pytest.raises(ToolError, match="this is a bug of wasmtrim"):
            proof.prove(taken, arrangement, wrong)


def test_a_name_section_out_of_order_is_left_alone(assemble: Assemble) -> None:
    data = layouts.named(assemble("(module (func) (func))"))
    swapped = data.replace(b"\0\x02f0\x01\x02f1", b"\x01\x02f1\0\x02f0")
    assert swapped != data
    program.read(wasm.read(data))
    with pytest.raises(Unmovable, match="put together again, it has other bytes"):
        program.read(wasm.read(swapped))

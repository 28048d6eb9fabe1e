"""An instrumented module does what it did, and counts what wasmtime charges."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import wasmtime
from tests.hotspots.counting import call_all, callable_, smith

from wasmtrim import wasm
from wasmtrim.errors import ModuleError
from wasmtrim.hotspots.instrumentation import instrumented

Assemble = Callable[[str], bytes]


def check(data: bytes) -> int:
    """Hold the calls of a module against those of the instrumented one; tells how many there are.

    From the second one on: the first counts what the engine did before, too.
    """
    module = wasm.read(data)
    names = callable_(module)
    counting = instrumented(module, {})
    if not names:
        return 0
    try:
        before = call_all(data, names)
    except (wasmtime.WasmtimeError, wasmtime.Trap):  # no instance: it needs too much, or traps
        return 0
    after = call_all(counting, names)
    assert [each.ended for each in after] == [each.ended for each in before]
    counted = 0
    for number, (one, other) in enumerate(zip(before, after, strict=True)):
        assert other.counted is not None
        if number and not one.ended.startswith("trap"):
            assert other.counted - counted == one.charged, names[number]
        counted = other.counted
    return len(names)


FUNCTIONS = {
    "nothing": "(func (export {}))",
    "free": "(func (export {}) nop (drop (i32.const 1)) (block) (block (block)))",
    "branches": """(func (export {}) (param i32) (result i32) (local i32)
        (block $out (loop $again
            (br_if $out (i32.eqz (local.get 0)))
            (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
            (local.set 1 (i32.add (local.get 1) (i32.const 2)))
            (if (i32.gt_u (local.get 1) (i32.const 90)) (then (br $out)) (else (br $again)))))
        local.get 1)""",
    "table": """(func (export {}) (param i32) (result i32)
        (block $a (block $b (block $c (br_table $a $b $c (local.get 0)))
            (return (i32.const 1))) (return (i32.const 2))) i32.const 3)""",
    "several": """(func (export {}) (param i32) (result i32 i64)
        (if (local.get 0) (then (return (i32.const 1) (i64.const 2)))) i32.const 3 i64.const 4)""",
    "out": "(func (export {}) (param i32) (result i32) (br_if 0 (i32.const 5) (local.get 0)) drop"
    " i32.const 6)",
    "recursion": """(func $fib (export {}) (param i32) (result i32)
        (if (result i32) (i32.lt_s (local.get 0) (i32.const 2)) (then local.get 0)
            (else (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1)))
                (call $fib (i32.sub (local.get 0) (i32.const 2)))))))""",
    "indirect": """(type $t (func (result i32))) (table 2 funcref) (elem (i32.const 0) $one $two)
        (func $one (result i32) i32.const 1) (func $two (result i32) i32.const 2)
        (func (export {}) (param i32) (result i32)
            (call_indirect (type $t) (i32.rem_u (local.get 0) (i32.const 2))))""",
    "reference": """(type $r (func (result i32))) (elem declare func $here)
        (func $here (type $r) i32.const 8)
        (func (export {}) (result i32) (call_ref $r (ref.func $here)))""",
    "tail": """(func $last (param i32) (result i32) local.get 0)
        (func (export {}) (param i32) (result i32) (return_call $last (local.get 0)))""",
    "sizes": """(memory $m 1) (memory $big i64 1) (data $d "four") (table $f 9 funcref)
        (func (export {}) (memory.fill $m (i32.const 9) (i32.const 1) (i32.const 77))
            (memory.copy $m $m (i32.const 9) (i32.const 1) (i32.const 33))
            (memory.fill $big (i64.const 9) (i32.const 1) (i64.const 55))
            (memory.init $m $d (i32.const 9) (i32.const 0) (i32.const 4))
            (table.fill $f (i32.const 1) (ref.null func) (i32.const 5))
            (drop (memory.grow $m (i32.const 2))) (drop (memory.grow $big (i64.const 3)))
            (drop (table.grow $f (ref.null func) (i32.const 6))))""",
    "thrown": """(tag $t) (func $throw (throw $t)) (func $between (call $throw) nop)
        (func $after (param i32) (result i32) local.get 0)
        (func (export {}) (param i32) (result i32)
            (block $caught (try_table (catch $t $caught) (call $between)))
            (call $after (local.get 0)))""",
    "collected": """(type $a (array i32)) (func (export {}) (result i32)
        (array.len (array.new $a (i32.const 1) (i32.const 44))))""",
    "trap": "(func (export {}) (result i32) (i32.div_s (i32.const 1) (i32.const 0)))",
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_is_counted_is_what_wasmtime_charges(name: str, assemble: Assemble) -> None:
    fields = FUNCTIONS[name].replace("{}", f'"{name}"')
    assert check(assemble(f'(module {fields} (func (export "a")) (export "b" (func 0)))')) == 3


def test_modules_of_every_feature_do_what_they_did() -> None:
    assert sum(check(data) for data in map(smith, range(40)) if data) > 10


@pytest.mark.long
def test_some_thousand_modules_do_what_they_did() -> None:
    assert sum(check(data) for data in map(smith, range(1_000, 6_000)) if data) > 500


def test_a_proposal_that_is_not_counted_is_refused(assemble: Assemble) -> None:
    legacy = assemble("(module (func try catch_all end))")
    with pytest.raises(ModuleError, match="0x06 is of a proposal whose fuel is not counted"):
        instrumented(wasm.read(legacy), {})

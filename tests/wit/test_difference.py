"""A difference is told in the words of the WIT; what wit-component takes has none."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
import wasmtime
from tests.wit.conftest import WasmTools, WorldOf

from wasmtrim import wasm
from wasmtrim.wit import differences
from wasmtrim.wit.lowering import Lowered, Slot, lower
from wasmtrim.wit.mangling import LEGACY, STANDARD
from wasmtrim.wit.world import World

PICTURES = """
package a:pictures@0.2.3;
interface draw {
  start: func(width: u32, title: string) -> result<_, u8>;
  push: func(data: list<u8>, at: u64);
  take: func() -> list<u8>;
}
interface log { say: func(text: string) -> string; flush: func(); }
world draws { import log; import now: func() -> u64; export draw; }
"""
DRAW = "a:pictures/draw@0.2.3#"
START = f'(func (export "{DRAW}start") (param i32 i32 i32) (result i32) unreachable)'
PUSH = f'(func (export "{DRAW}push") (param i32 i32 i64))'
TAKE = f'(func (export "{DRAW}take") (result i32) unreachable)'
MEMORY = '(memory (export "memory") 1)'
REALLOC = '(func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) unreachable)'
WHOLE = (MEMORY, REALLOC, START, PUSH, TAKE)


def faults(world: World, *fields: str) -> tuple[str, ...]:
    module = wasm.read(bytes(wasmtime.wat2wasm(f"(module {' '.join(fields)})")))
    return differences(world, module, ()).faults


EXPORTS = {
    "all of it": (WHOLE, ""),
    "a missing function": (
        WHOLE[:-1],
        f"export {DRAW}take is missing; the WIT is func() -> list<u8>",
    ),
    "a function by another name": (
        (*WHOLE[:-1], TAKE.replace("take", "takes")),
        f"export {DRAW}take is missing; the WIT is func() -> list<u8>; did you mean '{DRAW}takes'?",
    ),
    "a missing interface": (
        (MEMORY, REALLOC),
        "the interface a:pictures/draw@0.2.3, which the world a:pictures/draws@0.2.3 exports, is"
        " missing: none of start, push, take is exported",
    ),
    "an interface of another version": (
        (MEMORY, REALLOC, *(f.replace("@0.2.3", "@0.2.4") for f in (START, PUSH, TAKE))),
        "the interface a:pictures/draw@0.2.3, which the world a:pictures/draws@0.2.3 exports, is"
        " missing: none of start, push, take is exported; a:pictures/draw@0.2.4 is exported,"
        " another version",
    ),
    "a function by the asynchronous ABI": (
        (*WHOLE[:-1], TAKE.replace(DRAW, f"[async-lift]{DRAW}")),
        f"export {DRAW}take is missing; the WIT is func() -> list<u8>; [async-lift]{DRAW}take is of"
        " the asynchronous ABI, which this contract does not know",
    ),
    "a parameter of another type": (
        (MEMORY, REALLOC, START, TAKE, PUSH.replace("i64", "i32")),
        f"export {DRAW}push is func(i32, i32, i32), not func(i32, i32, i64): parameter 3 is"
        " `at: u64`, an i64; the WIT is func(data: list<u8>, at: u64)",
    ),
    "a number in place of a string": (
        (MEMORY, REALLOC, START.replace("i32 i32 i32", "i32 i32"), PUSH, TAKE),
        f"export {DRAW}start is func(i32, i32) -> i32, not func(i32, i32, i32) -> i32: parameter 3"
        " is missing: the length of `title: string`;"
        " the WIT is func(width: u32, title: string) -> result<_, u8>",
    ),
    "a parameter too many": (
        (MEMORY, REALLOC, START, PUSH, TAKE.replace("(result", "(param i32) (result")),
        f"export {DRAW}take is func(i32) -> i32, not func() -> i32: it has 1 parameter more than"
        " the WIT's; the WIT is func() -> list<u8>",
    ),
    "a result that is not an address": (
        (MEMORY, REALLOC, START, PUSH, TAKE.replace("(result i32)", "(result i32 i32)")),
        f"export {DRAW}take is func() -> (i32, i32), not func() -> i32: it returns i32, i32, and"
        " must return the address of the result `list<u8>`; the WIT is func() -> list<u8>",
    ),
    "a result where there is none": (
        (MEMORY, REALLOC, START, PUSH.replace("i64))", "i64) (result i32) unreachable)"), TAKE),
        f"export {DRAW}push is func(i32, i32, i64) -> i32, not func(i32, i32, i64): it returns i32;"
        " it has no result; the WIT is func(data: list<u8>, at: u64)",
    ),
    "what is not a function": (
        (*WHOLE[:-1], f'(global (export "{DRAW}take") i32 (i32.const 0))'),
        f"export {DRAW}take is global(i32), and no function; the WIT is func() -> list<u8>",
    ),
    "what follows a call, of another type": (
        (*WHOLE, f'(func (export "cabi_post_{DRAW}take") (param i64))'),
        f"export cabi_post_{DRAW}take is func(i64), not func(i32): parameter 1 is the address of"
        " the result `list<u8>`, an i32",
    ),
    "no memory": (
        WHOLE[1:],
        "no memory is exported under the name memory; start of a:pictures/draw@0.2.3 takes it:"
        " func(width: u32, title: string) -> result<_, u8>",
    ),
    "no realloc": (
        (MEMORY, *WHOLE[2:]),
        "cabi_realloc is not exported, func(i32, i32, i32, i32) -> i32, by which the host gets room"
        " for what it passes; start of a:pictures/draw@0.2.3 takes it:"
        " func(width: u32, title: string) -> result<_, u8>",
    ),
    "another realloc": (
        (MEMORY, REALLOC.replace("i32 i32 i32 i32", "i32"), *WHOLE[2:]),
        "export cabi_realloc is func(i32) -> i32, not func(i32, i32, i32, i32) -> i32, which is"
        " realloc's",
    ),
    "another beginning": (
        (*WHOLE, '(func (export "_initialize") (param i32))'),
        "export _initialize is func(i32); it is called first, as func()",
    ),
}


@pytest.mark.parametrize("case", EXPORTS)
def test_exports_are_held_against_the_world(case: str, world_of: WorldOf) -> None:
    fields, says = EXPORTS[case]
    assert "; ".join(faults(world_of(PICTURES), *fields)) == says


IMPORTS = {
    "as the world has it": ('"a:pictures/log@0.2.3" "say" (func (param i32 i32 i32))', ""),
    "of a compatible version": ('"a:pictures/log@0.2.1" "say" (func (param i32 i32 i32))', ""),
    "by its standard name": ('"cm32p2|a:pictures/log@0.2" "say" (func (param i32 i32 i32))', ""),
    "of the world itself": ('"$root" "now" (func (result i64))', ""),
    "of no interface": ('"env" "now" (func (result i64))', ""),
    "of another version": (
        '"a:pictures/log@0.3.0" "say" (func)',
        "import a:pictures/log@0.3.0.say: the world a:pictures/draws@0.2.3 imports it of the module"
        " a:pictures/log@0.2.3",
    ),
    "a result that is returned": (
        '"a:pictures/log@0.2.3" "say" (func (param i32 i32) (result i32))',
        "import a:pictures/log@0.2.3.say is func(i32, i32) -> i32, not func(i32, i32, i32):"
        " parameter 3 is missing: the address of the result `string`;"
        " the WIT is func(text: string) -> string",
    ),
    "an unknown function": (
        '"a:pictures/log@0.2.3" "flash" (func)',
        "import a:pictures/log@0.2.3.flash: the world a:pictures/draws@0.2.3 has no such function"
        " there; did you mean 'flush'?",
    ),
    "an interface that is exported": (
        '"a:pictures/draw@0.2.3" "take" (func (param i32))',
        "import a:pictures/draw@0.2.3.take: the world a:pictures/draws@0.2.3 exports"
        " a:pictures/draw@0.2.3 and does not import it",
    ),
    "an unknown interface": (
        '"wasi:cli/stdout@0.2.6" "get-stdout" (func (result i32))',
        "import wasi:cli/stdout@0.2.6.get-stdout: the world a:pictures/draws@0.2.3 imports no"
        " interface wasi:cli/stdout@0.2.6; it imports a:pictures/log@0.2.3",
    ),
    "by the asynchronous ABI": (
        '"a:pictures/log@0.2.3" "[async-lower]flush" (func (result i32))',
        "import a:pictures/log@0.2.3.[async-lower]flush: it is of the asynchronous ABI, which this"
        " contract does not know",
    ),
}


@pytest.mark.parametrize("case", IMPORTS)
def test_imports_are_held_against_the_world(case: str, world_of: WorldOf) -> None:
    entry, says = IMPORTS[case]
    assert "; ".join(faults(world_of(PICTURES), f"(import {entry})", *WHOLE)) == says


def test_what_another_rule_allows_is_not_judged(world_of: WorldOf) -> None:
    text = f'(module (import "a:b/c" "f" (func)) {" ".join(WHOLE)})'
    module = wasm.read(bytes(wasmtime.wat2wasm(text)))
    found = differences(world_of(PICTURES), module, {("a:b/c", "f")})
    assert found.faults == ()
    assert found.spoken_for == frozenset()


def test_a_module_that_differs_in_everything_takes_no_time(world_of: WorldOf) -> None:
    """Twenty thousand imports and exports, each of them nearly one of two thousand functions."""
    functions = " ".join(f"function-of-many{n}: func();" for n in range(2_000))
    world = world_of(
        f"package a:b; interface i {{ {functions} }} world w {{ import i; export i; }}"
    )
    imports = "".join(f'(import "a:b/i" "function-of-nany{n}" (func))' for n in range(20_000))
    exports = "".join(f'(export "a:b/i#function-of-nany{n}" (func 0))' for n in range(20_000))
    found = faults(world, imports, exports)
    assert len(found) > 20_000


def assembled(items: list[Lowered], others: list[str]) -> bytes:
    """A module with these functions, and other fields."""

    def shape(item: Lowered) -> str:
        params = " ".join(slot.type for slot in item.params)
        results = " ".join(slot.type for slot in item.results)
        return f"(param {params}) (result {results})"

    imports = [f'(import "{i.module}" "{i.name}" (func {shape(i)}))' for i in items if i.module]
    exports = [f'(func (export "{i.name}") {shape(i)} unreachable)' for i in items if not i.module]
    return bytes(wasmtime.wat2wasm(f"(module {' '.join([*imports, *exports, *others])})"))


def with_a_fault(chance: random.Random, world: World) -> bytes:
    """A module of the world in which, mostly, one thing is other than the world has it."""
    form = chance.choice((LEGACY, STANDARD))
    items = list(lower(world, form))
    items = [i for i in items if i.required or chance.random() < 0.5]
    others = {
        "memory": f'(memory (export "{form.memory}") 1)',
        "realloc": f'(func (export "{form.reallocs[0]}") (param i32 i32 i32 i32) (result i32)'
        " unreachable)",
        "begin": f'(func (export "{form.initialize}"))',
    }
    fault = chance.choice(("none", "drop", "name", "params", "type", "result", "version", *others))
    at = chance.randrange(len(items)) if items else 0
    item = items[at] if items else None
    if fault in others:
        del others[fault]
    elif item and fault == "drop":
        del items[at]
    elif item and fault == "name":
        items[at] = replace(item, name=f"{item.name}-other")
    elif item and fault == "params":
        items[at] = replace(item, params=(*item.params, Slot("i32", "")))
    elif item and item.params and fault == "type":
        items[at] = replace(item, params=(*item.params[:-1], Slot("f32", "")))
    elif item and fault == "result":
        items[at] = replace(item, results=() if item.results else (Slot("i32", ""),))
    elif item and item.module and fault == "version" and "@" in item.module:
        pure, _, version = item.module.partition("@")
        parts = version.partition("-")[0].split(".")
        parts[chance.randrange(len(parts))] = str(chance.randrange(3))
        items[at] = replace(item, module=f"{pure}@{'.'.join(parts)}")
    return assembled(items, list(others.values()))


def judged_alike(oracle: WasmTools, seeds: range) -> tuple[int, int]:
    """Hold our verdict about modules with faults against wit-component's; gives good and bad."""
    counts = [0, 0]
    for seed in seeds:
        chance = random.Random(seed)
        for package, world in oracle.worlds(seed):
            module = with_a_fault(chance, world)
            ours = differences(world, wasm.read(module), ()).faults
            theirs = oracle.refuses(package, world.name, module)
            assert bool(ours) == bool(theirs), f"seed {seed}, {world.name}: {ours}, {theirs}"
            counts[bool(ours)] += 1
    return counts[0], counts[1]


def test_what_wit_component_refuses_differs_and_nothing_else(oracle: WasmTools) -> None:
    good, bad = judged_alike(oracle, range(50))
    assert good > 10
    assert bad > 5


@pytest.mark.long
def test_what_wit_component_refuses_differs_in_five_thousand_packages(oracle: WasmTools) -> None:
    judged_alike(oracle, range(50, 5_050))

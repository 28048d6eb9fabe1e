"""A world is lowered as the canonical ABI says: the dummy modules of wasm-tools have the same."""

from __future__ import annotations

import pytest
from tests.wit.conftest import WasmTools, WorldOf

from wasmtrim import wasm
from wasmtrim.wasm import type_texts
from wasmtrim.wit import lowering
from wasmtrim.wit.mangling import LEGACY, STANDARD, Mangling
from wasmtrim.wit.world import World

FORMS = {"legacy": LEGACY, "standard32": STANDARD}


def of_dummy(module: bytes, form: Mangling) -> dict[tuple[str, str], str]:
    """The functions of a dummy module, without those that every one has."""
    read = wasm.read(module)
    common = {form.memory, form.initialize, form.reallocs[0]}
    imports = {(entry.module, entry.name): str(entry.type) for entry in read.imports}
    exports = {("", e.name): str(e.type) for e in read.exports if e.name not in common}
    return imports | exports


def of_world(world: World, form: Mangling) -> dict[tuple[str, str], str]:
    lowered = lowering.lower(world, form)
    return {(item.module or "", item.name): str(item.type) for item in lowered}


def compared(oracle: WasmTools, seeds: range) -> int:
    """Hold our lowering against the dummies of generated worlds; gives how many functions."""
    functions = 0
    for seed in seeds:
        for number, (package, world) in enumerate(oracle.worlds(seed)):
            names = list(FORMS)[(seed + number) % 2]
            ours = of_world(world, FORMS[names])
            dummy = oracle.dummy(package, world.name, names)
            assert ours == of_dummy(dummy, FORMS[names]), f"seed {seed}, world {world.name}"
            functions += len(ours)
    return functions


def test_generated_worlds_are_lowered_as_wasm_tools_does(oracle: WasmTools) -> None:
    assert compared(oracle, range(120)) > 1_000


@pytest.mark.long
def test_ten_thousand_generated_packages_are_lowered_as_wasm_tools_does(oracle: WasmTools) -> None:
    assert compared(oracle, range(120, 10_120)) > 100_000


@pytest.mark.parametrize(
    ("wit", "core"),
    [
        ("func()", "func()"),
        ("func(a: bool, b: s64, c: f32, d: f64, e: char) -> u8",
         "func(i32, i64, f32, f64, i32) -> i32"),
        ("func(a: string, b: list<u64>)", "func(i32, i32, i32, i32)"),
        ("func() -> tuple<u8>", "func() -> i32"),
        ("func() -> string", "func() -> i32"),
        ("func() -> result", "func() -> i32"),
        ("func(a: option<f32>)", "func(i32, f32)"),
        ("func(a: result<u32, f32>)", "func(i32, i32)"),
        ("func(a: result<u32, f64>)", "func(i32, i64)"),
        ("func(a: result<f32, string>)", "func(i32, i32, i32)"),
        ("func(a: tuple<u64, u64, u64, u64, u64, u64, u64, u64>, b: string, c: u32)",
         "func(i64, i64, i64, i64, i64, i64, i64, i64, i32, i32, i32)"),
        ("func(a: tuple<u8, u8, u8, u8, u8, u8, u8, u8>, b: tuple<u8, u8, u8, u8, u8, u8, u8, u8>)",
         f"func({', '.join(['i32'] * 16)})"),
        ("func(a: tuple<u8, u8, u8, u8, u8, u8, u8, u8>, b: tuple<u8, u8, u8, u8, u8, u8, u8, u8>,"
         " c: u8)", "func(i32)"),
        ("func(a: flags32)", "func(i32)"),
        ("func(a: variants)", "func(i32, i64, i32)"),
        ("func(a: map<string, u32>)", "func(i32, i32)"),
        ("func(a: list<tuple<u8, string>, 2>) -> list<f32, 1>",
         "func(i32, i32, i32, i32, i32, i32) -> f32"),
        ("func(a: own-it, b: borrow<it>) -> own-it", "func(i32, i32) -> i32"),
    ],
)  # fmt: skip
def test_what_each_type_becomes(wit: str, core: str, world_of: WorldOf) -> None:
    flags = ", ".join(f"flag{number}" for number in range(32))
    world = world_of(
        f"""package a:b;
        interface i {{
          resource it;
          type own-it = it;
          flags flags32 {{ {flags} }}
          variant variants {{ none, number(f64), text(string) }}
          f: {wit};
        }}
        world w {{ export i; }}"""
    )
    found = {item.name: item.type for item in lowering.lower(world, LEGACY)}
    assert found["a:b/i#f"] == type_texts.parse(core)


def test_a_result_that_is_no_single_number_comes_by_its_address(world_of: WorldOf) -> None:
    world = world_of(
        "package a:b; world w { import f: func() -> string; export f: func() -> string; }"
    )
    found = {(item.module, item.name): str(item.type) for item in lowering.lower(world, LEGACY)}
    assert found == {
        ("$root", "f"): "func(i32)",
        (None, "f"): "func() -> i32",
        (None, "cabi_post_f"): "func(i32)",
    }


def test_the_exports_of_a_world_are_known_in_both_forms_of_names(world_of: WorldOf) -> None:
    world = world_of("package a:b@1.2.3; interface i { f: func(); } world w { export i; }")
    assert {*lowering.export_names(world)} == {
        "a:b/i@1.2.3#f", "cabi_post_a:b/i@1.2.3#f", "memory", "_initialize",
        "cm32p2|a:b/i@1|f", "cm32p2|a:b/i@1|f_post", "cm32p2_memory", "cm32p2_initialize",
    }  # fmt: skip


def test_realloc_is_of_a_world_only_where_the_host_passes_what_takes_room(
    world_of: WorldOf,
) -> None:
    given = world_of("package a:b; world w { export f: func(a: list<u8>); }")
    taken = world_of("package a:b; world w { export f: func() -> list<u8>; }")
    assert "cabi_realloc" in lowering.export_names(given)
    assert "cabi_realloc" not in lowering.export_names(taken)


def test_types_that_double_at_each_step_take_no_time(world_of: WorldOf) -> None:
    """The last of them has 2^60 numbers."""
    doubled = "".join(f"type t{n + 1} = tuple<t{n}, t{n}>; " for n in range(60))
    world = world_of(
        f"package a:b; interface i {{ type t0 = string; {doubled} f: func(a: t60); }}"
        " world w { import i; }"
    )
    assert str(lowering.lower(world, LEGACY)[0].type) == "func(i32)"

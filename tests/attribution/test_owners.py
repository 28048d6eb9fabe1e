from __future__ import annotations

from collections.abc import Callable

from wasmtrim import wasm
from wasmtrim.attribution import owners
from wasmtrim.attribution.names.unstripped import compare
from wasmtrim.stages import positions
from wasmtrim.wasm import names
from wasmtrim.wasm.golang import pclntab


def test_standard_go_names_all_its_functions_though_stripped(
    go_modules: dict[str, wasm.Module],
) -> None:
    stripped = go_modules["stripped"]
    found = owners(stripped)
    assert names.read(stripped).functions == {}
    assert found.name_sources == ("pclntab", "exports")
    assert sorted(found.entries) == list(range(len(stripped.functions)))


def test_pclntab_agrees_with_the_name_section(go_modules: dict[str, wasm.Module]) -> None:
    """The linker writes all but letters, digits, `_` and `.` as `_` into the name section."""
    module = go_modules["named"]
    spoken = names.read(module).functions
    found = owners(module)
    for index, raw in spoken.items():
        (owner,) = found.of(index)
        mangled = "".join(c if c.isalnum() or c in "._" else "_" for c in owner.symbol.name)
        assert mangled in (raw, f"runtime.{raw}")


def test_a_function_of_go_has_its_file_line_and_what_was_inlined(
    go_modules: dict[str, wasm.Module],
) -> None:
    functions = {entry.name: entry for entry in pclntab.read(go_modules["stripped"])}
    main = functions["main.main"]
    assert (main.file, main.line) == ("example.com/hello/main.go", 15)
    assert "fmt.Println" in main.inlined
    assert "slices.SortFunc[go.shape.[]int,go.shape.int]" in main.inlined
    assert any(name.startswith("main.(*stack[go.shape.int]).push") for name in functions)


def test_the_module_before_positions_tells_what_the_shipped_one_no_longer_does(
    go_modules: dict[str, wasm.Module],
) -> None:
    whole = go_modules["stripped"]
    made = positions.zero(whole, names=True)
    assert isinstance(made, positions.Zeroed)
    shipped = wasm.read(made.data)
    main = next(entry.slot for entry in pclntab.read(whole) if entry.name == "main.main")
    (segment,) = shipped.elements
    index = segment.functions[main - (segment.base or 0)]
    assert owners(shipped).symbol(index) is None
    found = owners(shipped, compare(shipped, whole))
    assert found.name_sources == ("pclntab", "exports")
    assert found.name(index) == "main.main"
    assert found.where(index) == "example.com/hello/main.go:15"
    assert found.entries.keys() == owners(whole).entries.keys()


def test_a_table_of_another_program_tells_nothing(go_modules: dict[str, wasm.Module]) -> None:
    whole = go_modules["stripped"]
    made = positions.zero(whole, names=True)
    assert isinstance(made, positions.Zeroed)
    data = bytearray(made.data)
    data[max(whole.segments, key=lambda s: s.end - s.start).start] ^= 1
    assert compare(wasm.read(bytes(data)), whole).go == ()


def test_a_damaged_table_gives_fewer_names_not_an_error(
    go_modules: dict[str, wasm.Module],
) -> None:
    sound = go_modules["stripped"]
    for step in (7, 61, 1_009):
        data = bytearray(sound.data)
        for segment in sound.segments:
            for at in range(segment.start + 64, segment.end, step):
                data[at] ^= 0xFF
        module = wasm.read(bytes(data))
        assert len(owners(module).entries) < len(module.functions)


def test_slots_that_lead_to_one_function_are_its_merged_owners(
    go_modules: dict[str, wasm.Module],
) -> None:
    """As wasm-opt leaves them, when it merges two functions that are alike."""
    stripped = go_modules["stripped"]
    functions = {entry.name: entry.slot for entry in pclntab.read(stripped)}
    (segment,) = stripped.elements
    assert segment.base is not None
    one, two = (functions[name] - segment.base for name in ("main.main", "runtime.main"))
    index = segment.functions[two]
    segment.functions[two] = segment.functions[one]
    try:
        merged = owners(stripped)
        assert merged.name(segment.functions[one]) == "runtime.main = main.main"
        assert index not in merged.entries
    finally:
        segment.functions[two] = index


def test_an_unstripped_build_that_is_the_shipped_file_plus_names_is_proven(
    tinygo_module: wasm.Module,
) -> None:
    shipped = wasm.read(names.without(tinygo_module.data))
    unstripped = compare(shipped, tinygo_module)
    assert unstripped.proven
    found = owners(shipped, unstripped)
    assert found.name_sources == ("unstripped build",)
    assert not found.approximate
    assert found.name(40) == "internal/reflectlite.Value.Interface"


def test_an_unstripped_build_of_another_build_names_only_equal_bodies(
    wat: Callable[[str], wasm.Module],
) -> None:
    shipped = wat(
        "(module (func i32.const 1 drop) (func i32.const 2 drop) (func nop) (func nop)"
        ' (func (export "run") call 0))'
    )
    named = wat(
        "(module (func $other i32.const 7 drop) (func $two i32.const 2 drop) (func $a nop)"
        " (func $b nop) (func $one i32.const 1 drop))"
    )
    unstripped = compare(wasm.read(names.without(shipped.data)), named)
    assert not unstripped.proven
    assert unstripped.names == {0: "one", 1: "two"}
    found = owners(wasm.read(names.without(shipped.data)), unstripped)
    assert found.approximate
    assert found.name_sources == ("approximate match with the unstripped build", "exports")
    assert [found.name(index) for index in range(5)] == [
        *("one", "two", "function 2: func()", "function 3: func()", "run")
    ]


def test_only_name_sections_are_cut(wat: Callable[[str], wasm.Module]) -> None:
    named = wat('(module (func $f) (@custom "a" (before first) "x") (@custom "z" "y"))')
    bare = wasm.read(names.without(named.data))
    assert [s.name for s in bare.customs()] == ["a", "z"]
    assert names.without(bare.data) == bare.data

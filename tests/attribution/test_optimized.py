"""After wasm-opt -Oz, as modules ship: an unstripped build or pclntab still names functions."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import pytest

from wasmtrim import toolchain, wasm
from wasmtrim.attribution import Items, owners
from wasmtrim.attribution.names.unstripped import compare
from wasmtrim.attribution.reachability.callers import callers_of
from wasmtrim.wasm import features, names, sections

ROOT = Path(__file__).parents[2]
Optimize = Callable[[bytes, Iterable[str], Sequence[str]], bytes]


@pytest.fixture(scope="module")
def optimize(tmp_path_factory: pytest.TempPathFactory) -> Optimize:
    folder = tmp_path_factory.mktemp("optimized")
    wasm_opt = toolchain.Locator(toolchain.load(ROOT), ROOT).find("wasm-opt").argv

    def run(module: bytes, allowed: Iterable[str], flags: Sequence[str]) -> bytes:
        before, after = folder / "in.wasm", folder / "out.wasm"
        before.write_bytes(module)
        given = features.binaryen_flags(allowed)
        subprocess.run([*wasm_opt, *given, *flags, "-o", after, before], check=True)
        return after.read_bytes()

    return run


def without_customs(module: wasm.Module, kept: Sequence[str] = ()) -> bytes:
    """What wasm-strip leaves."""
    return module.data[: sections.HEADER_BYTES] + b"".join(
        module.data[section.offset : section.end]
        for section in module.sections
        if section.id != sections.CUSTOM or section.name in kept
    )


def test_an_unstripped_build_of_tinygo_that_keeps_its_names_is_the_shipped_file(
    tinygo_module: wasm.Module, optimize: Optimize
) -> None:
    used = features.target_features(tinygo_module)
    assert used is not None
    shipped = wasm.read(optimize(without_customs(tinygo_module), used, ["-Oz"]))
    named = wasm.read(optimize(without_customs(tinygo_module, ["name"]), used, ["-Oz", "-g"]))
    unstripped = compare(shipped, named)
    assert unstripped.proven
    assert names.without(named.data) == shipped.data
    found = owners(shipped, unstripped)
    assert found.name_sources == ("unstripped build",)
    assert sorted(found.entries) == list(range(len(shipped.functions)))


@pytest.mark.long
def test_standard_go_names_its_code_after_oz(
    go_modules: dict[str, wasm.Module], optimize: Optimize
) -> None:
    used = ["bulk-memory", "nontrapping-fptoint", "sign-ext"]
    shipped = wasm.read(optimize(without_customs(go_modules["stripped"]), used, ["-Oz"]))
    found = owners(shipped)
    sizes = {item.number: item.bytes for item in Items(found) if item.kind == "function"}
    named = sum(size for index, size in sizes.items() if index in found.entries)
    assert named >= 0.995 * sum(sizes.values())
    assert any(" = " in found.name(index) for index in found.entries)


def test_callers_are_found_by_their_calls_alone(wat: Callable[[str], wasm.Module]) -> None:
    """The bytes of a call may stand in a constant, too: those are no callers."""
    padding = "(func)" * 130
    module = wat(
        f"(module {padding} (func $f call $shared) (func (drop (i32.const 2192)))"
        " (func $g call $shared call $other) (func $shared) (func $other))"
    )
    assert callers_of(module, {133, 134}) == {133: [130, 132], 134: [132]}
    assert callers_of(module, set()) == {}

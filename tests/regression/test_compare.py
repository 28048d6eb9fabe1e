from __future__ import annotations

from dataclasses import replace

from tests.regression.conftest import function, snapshot

from wasmtrim.records import Change, Comparison, Names
from wasmtrim.regression import compare as comparison
from wasmtrim.regression.difference import Difference
from wasmtrim.regression.snapshot import Snapshot


def compare(old: Snapshot, new: Snapshot) -> Comparison:
    return comparison.compare(Difference(old, new))


def test_a_snapshot_differs_in_nothing_from_itself() -> None:
    same = snapshot(100, functions=[function("main.run", 60)], fuel=5)

    found = compare(same, same)

    assert found.identical
    assert all(change.delta == 0 for change in found.metrics.values())
    assert (found.tool_changes, found.sections, found.packages, found.functions) == ((), (), (), ())
    assert (found.rewritten, found.imports.added, found.exports.removed) == (0, (), ())


def test_functions_are_added_removed_grown_and_shrunk_the_largest_change_first() -> None:
    old = snapshot(1, functions=[function("a.a", 10), function("a.b", 10), function("a.c", 30)])
    new = snapshot(2, functions=[function("a.a", 15), function("a.b", 8), function("b.d", 40, "b")])

    found = compare(old, new)

    assert [(c.word, c.name, c.delta) for c in found.functions] == [
        ("added", "b.d", 40),
        ("removed", "a.c", -30),
        ("grown", "a.a", 5),
        ("shrunk", "a.b", -2),
    ]
    assert found.packages == (Change("b", None, 40), Change("main", 50, 23))


def test_a_renamed_function_of_the_same_size_is_no_change() -> None:
    old = snapshot(1, functions=[function("main.old", 10, body="x")])
    new = snapshot(2, functions=[function("main.new", 10, body="x"), function("main.z", 1)])

    changes = compare(old, new).functions

    assert [change.name for change in changes] == ["main.z"]


def test_functions_of_the_same_size_but_of_other_bytes_are_counted() -> None:
    old = snapshot(1, functions=[function("main.run", 10, body="x")])
    new = snapshot(2, functions=[function("main.run", 10, body="y")])

    assert compare(old, new).rewritten == 1


def test_imports_that_came_are_named_with_their_types() -> None:
    old, new = snapshot(1, imports=["env.a: func()"]), snapshot(2, imports=["env.b: memory"])

    names = compare(old, new).imports

    assert (names.added, names.removed) == (("env.b: memory",), ("env.a: func()",))


def test_another_compiler_flag_or_compressor_is_a_tool_change() -> None:
    old = snapshot(1)
    new = snapshot(2, compiler="1.27.3", argv=["wasm-opt", "-O3"])
    assert new.release
    other = replace(new.release, compressors={"gzip": "zlib 1.3", "brotli": "x"})

    assert compare(old, replace(new, release=other)).tool_changes == (
        "compiler: go 1.26.6 => go 1.27.3",
        "optimize: flags -Oz => -O3",
        "gzip: deflate 0.9.0, level 9 => zlib 1.3",
        "brotli: brotli 1.2.1, quality 11 => x",
    )


def test_a_feature_that_is_named_to_wasm_opt_is_the_modules_own() -> None:
    old = snapshot(1)
    new = snapshot(2, argv=["wasm-opt", "--enable-simd", "-Oz"])

    assert compare(old, new).tool_changes == ()


def test_without_contents_the_sizes_are_compared() -> None:
    old, new = replace(snapshot(100), inventory=None), snapshot(130)

    found = compare(old, new)

    assert found.metrics["raw"].delta == 30
    assert "functions" not in found.metrics
    assert found.functions == ()


def test_a_memory_that_may_grow_further_is_one_change() -> None:
    old = snapshot(1, imports=["env.memory: memory(1 pages)", "env.a: func()"])
    new = snapshot(2, imports=["env.memory: memory(1..2 pages)", "env.a: func()"])

    assert compare(old, new).imports == Names(
        changed=("env.memory: memory(1 pages) => memory(1..2 pages)",)
    )


def test_a_package_that_was_moved_is_one_change_with_its_former_path() -> None:
    old = snapshot(1, functions=[function("a/gif.Encode", 90, "a/gif"), function("main.run", 9)])
    new = snapshot(2, functions=[function("b/gif.Encode", 95, "b/gif"), function("main.run", 9)])

    found = compare(old, new)

    assert found.packages == (Change("b/gif", 90, 95, was="a/gif"),)
    assert found.functions == (Change("b/gif.Encode", 90, 95, "b/gif", was="a/gif.Encode"),)

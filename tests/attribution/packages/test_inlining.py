"""Inlined code counts for the package that it came from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from wasmtrim import wasm
from wasmtrim.attribution import NameSources, breakdown, owners
from wasmtrim.attribution.dwarf.info import Dwarf
from wasmtrim.attribution.packages import source_files
from wasmtrim.attribution.packages.inlining import Inlining
from wasmtrim.cli.main import main
from wasmtrim.records.locations import SourceLocation
from wasmtrim.regression import inventory

Wat = Callable[[str], wasm.Module]
SHAPE = Path(__file__).parents[1] / "modules" / "shape.wat"


def test_lines_tell_which_file_the_bytes_of_a_body_come_from(wat: Wat) -> None:
    module = wat(SHAPE.read_text())
    for index in (0, 1):
        start, end = module.body(index)
        (told,) = Dwarf(module).files(index).items()
        assert told[0] == "/src/app/native/shape.c"
        assert 0 < told[1] <= end - start


@pytest.mark.parametrize(
    ("code", "split"),
    [
        ({}, {"main": 100}),
        ({"main": 7}, {"main": 100}),
        ({"main": 1, "strings": 2}, {"main": 33, "strings": 67}),
        ({"sort": 5}, {"sort": 100}),
        ({"main": 999, "a": 1}, {"main": 100}),
    ],
)
def test_a_body_is_split_as_the_debug_build_says(
    code: dict[str, int], split: dict[str, int], wat: Wat
) -> None:
    known = owners(
        wat("(module (func $main.run))"),
        locations={"main.run": SourceLocation("run.go", code=code)},
    )
    assert Inlining(known).split(0, 100) == split


def test_a_function_without_a_place_is_its_package_alone(wat: Wat) -> None:
    assert Inlining(owners(wat("(module (func $main.run))"))).split(0, 8) == {"main": 8}
    assert Inlining(owners(wat("(module (func))"))).split(0, 8) == {"(unknown)": 8}


def test_standard_go_tells_by_its_inline_tree(retained_module: wasm.Module) -> None:
    known = owners(retained_module)
    inlining = Inlining(known)
    sums: Counter[str] = Counter()
    for index in range(retained_module.imported_functions, len(retained_module.functions)):
        split = inlining.split(index, 1_000)
        assert sum(split.values()) == 1_000
        assert all(size > 0 for size in split.values())
        sums.update(split)
    helper = next(i for i in known.entries if known.name(i) == "main.helper")
    assert set(inlining.split(helper, 900)) == {"main", "strings"}  # strings.NewReplacer
    # Of atomic operations nearly nothing is a function of its own.
    own = sum(known.package(i) == "internal/runtime/atomic" for i in known.entries)
    assert sums["internal/runtime/atomic"] > 1_000 * own


def test_sizes_says_which_packages_are_about(
    retained_module: wasm.Module, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "retained.wasm"
    path.write_bytes(retained_module.data)
    assert main(["sizes", str(path)]) == 0
    out = capsys.readouterr().out
    assert re.search(r"  runtime  \[runtime\] ≈  \(\d,\d{3} functions\)\n", out)
    assert "≈: inlined code counts where it came from" in out
    package, function = re.findall(r"^ +([\d,]+) +[\d.]+% .*in all$", out, re.MULTILINE)[1:3]
    code = re.search(r"^ +([\d,]+) +[\d.]+%  code$", out, re.MULTILINE)
    assert code
    assert 0 <= number(code[1]) - number(package) < 20 < number(function)


def test_packages_are_the_same_in_every_answer(
    retained_module: wasm.Module, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "retained.wasm"
    path.write_bytes(retained_module.data)
    assert main(["sizes", str(path), "--all"]) == 0
    table = capsys.readouterr().out.split("  package\n")[1].split("in all")[0]
    row = re.compile(r"^ +([\d,]+) +[\d.]+% +[\d,]+  (.+?)  \[(.+?)\??\]( ≈)?", re.MULTILINE)
    shown = {
        name: (number(size), group, bool(about)) for size, name, group, about in row.findall(table)
    }
    held = breakdown.of_module(retained_module.data).packages
    shares = inventory.of_module(retained_module.data).packages
    assert {n: (p.bytes, p.group, p.approximate) for n, p in held.items()} == {
        n: (s.bytes, s.group, s.approximate) for n, s in shares.items()
    }
    code = {name: row for name, row in shown.items() if name in held}
    assert code == {n: (p.bytes, p.group, p.approximate) for n, p in held.items()}


def test_a_breakdown_splits_what_was_inlined(wat: Wat) -> None:
    data = wat(f'(module (func $main.run (export "run") {"nop " * 94}) (func $fmt.Print))').data
    places = {"main.run": SourceLocation("run.go", code={"main": 1, "strings": 3})}
    held = breakdown.of_module(data, NameSources(locations=places))
    run = held.functions[0]
    assert (run.bytes, run.code) == (97, {"main": 24, "strings": 73})
    packages = {name: part[:3] + part[7:] for name, part in held.packages.items()}
    assert packages == {
        "strings": ("standard library", 0, 73, True),
        "main": ("own", 1, 24, True),
        "fmt": ("standard library", 1, 3, False),
    }
    for metric in ("bytes", "gzip", "brotli"):
        whole = sum(getattr(part, metric) for part in held.packages.values())
        assert whole == sum(getattr(part, metric) for part in held.functions)


def number(text: str) -> int:
    return int(text.replace(",", ""))


@pytest.mark.parametrize(
    ("file", "package"),
    [
        ("/rustc/abc/library/core/src/fmt/mod.rs", "core"),
        ("/home/me/.cargo/registry/src/index.crates.io-6f17/serde-json-1.0.99/src/de.rs",
         "serde_json"),
        ("/home/me/.cargo/git/checkouts/my-crate-0a1b2c3d/abc/src/lib.rs", "my_crate"),
        ("src/lib.rs", ""),
        ("/usr/lib/zig/lib/std/fmt/format_float.zig", "std.fmt"),
        ("/usr/lib/zig/lib/std/fmt.zig", "std.fmt"),
        ("/usr/lib/zig/lib/compiler_rt/memcpy.zig", "compiler_rt"),
        ("/home/me/parser.zig", "parser"),
        ("/usr/include/c++/v1/vector", "std"),
        ("/emsdk/system/lib/libc/musl/src/string/memcpy.c", "(C and compiler runtime) string"),
        ("/app/native/shape.c", "(C) native"),
        ("main.go", ""),
    ],
)  # fmt: skip
def test_the_package_of_a_source_file(file: str, package: str) -> None:
    assert source_files.package_of(file) == package

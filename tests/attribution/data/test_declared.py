"""Data by the names that DWARF, the linker's map and segments have for it, of real programs."""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.conftest import assembled

from wasmtrim import wasm
from wasmtrim.attribution import NameSources, rows
from wasmtrim.attribution.names import linker_map, sources
from wasmtrim.attribution.owners import Owners
from wasmtrim.attribution.ownership import owners
from wasmtrim.cli.main import main
from wasmtrim.errors import UsageError

SHOP = """
namespace shop {
extern const char kGreeting[];
const char kGreeting[] = "good morning, dear customer of this little shop";
static const int prices[64] = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5};
struct Item { virtual int price(int n) const = 0; };
struct Apple : Item { int price(int n) const override { return prices[n % 64]; } };
namespace { __attribute__((noinline)) int hidden(int n) { return kGreeting[n] + n; } }
template <typename T> __attribute__((noinline)) T twice(T n) { return n * 2 + hidden(n); }
__attribute__((noinline)) const char *name(int n) { return &"a name that is long enough"[n]; }
}
const char *volatile last;
extern "C" __attribute__((export_name("run"))) int run(int n) {
  static const unsigned table[] = {0x11111111, 0x22222222, 0x33333333};
  shop::Apple apple;
  shop::Item *volatile item = &apple;
  last = "a string that has no name";
  last = shop::name(n);
  return shop::twice(item->price(n)) + table[n % 3];
}
"""
FLAGS = ("--target=wasm32", "-nostdlib", "-Wl,--no-entry", "-Wl,--export=__stack_pointer")


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with shop.wasm, which has debug information, and bare.wasm with its map alone."""
    clang = shutil.which("clang++-19") or shutil.which("clang++")
    if clang is None or not (shutil.which("wasm-ld") or shutil.which("wasm-ld-19")):
        pytest.skip("needs clang++ and wasm-ld: apt-get install clang lld")
    folder = tmp_path_factory.mktemp("shop")
    (folder / "shop.cpp").write_text(SHOP)
    argv = (clang, *FLAGS, "-fno-rtti", "-Os", "shop.cpp")
    for flags in (("-g", "-o", "shop.wasm"), ("-Wl,-s", "-Wl,-Map=bare.map", "-o", "bare.wasm")):
        subprocess.run((*argv, *flags), check=True, cwd=folder)
    return folder


SEGMENTS = """(module (memory 1)
  (func $shop::total (drop (i32.load (i32.const 1056))) (drop (i32.load (i32.const 1088))))
  (func $store::open (drop (i32.load (i32.const 1104))))
  (data $.rodata._ZN4shopL6pricesE (i32.const 1024) "31415")
  (data $.rodata._ZN4shopL6pricesE.1 (i32.const 1032) "92")
  (data $.rodata._ZTVN4shop5AppleE (i32.const 1040) "\\01\\02\\03\\04")
  (data $.rodata._ZZ3runE5table (i32.const 1056) "abc")
  (data $.data.count (i32.const 1072) "\\07\\08")
  (data $.rodata..L.str.2 (i32.const 1088) "a text")
  (data $.rodata (i32.const 1104) "merged"))"""


def data_of(known: Owners) -> dict[str, tuple[int, str]]:
    found = rows(known, open_data=True)
    assert sum(item.bytes for item in found) == found.size
    data = [item for item in found if item.kind == "data"]
    size = Counter[str]()
    for item in data:
        size[item.name] += item.bytes
    return {item.name: (size[item.name], item.package) for item in data}


def owners_of(path: Path) -> Owners:
    data = path.read_bytes()
    return sources.beside(path, data).owners(data)


def test_variables_name_data(shop: Path) -> None:
    known = owners_of(shop / "shop.wasm")
    found = data_of(known)
    assert found["shop::prices"] == (4 * 64, "shop")
    assert found["shop::kGreeting"] == (48, "shop")
    assert found["run::table"][0] == 12
    strings = {name: size for name, (size, _) in found.items() if name.startswith("string, ")}
    assert strings in ({"string, shop.cpp:10": 27, "string, shop.cpp:17": 26}, {})  # clang 14: none


def test_a_map_names_the_functions_and_data_of_a_module_without_names(shop: Path) -> None:
    known = owners_of(shop / "bare.wasm")
    assert known.name_sources[0] == "linker map"
    packages = {known.name(i): known.package(i) for i in range(len(known.module.functions))}
    assert packages["run"] == "(C)"
    assert packages["int shop::twice<int>(int)"] == "shop"
    assert packages["shop::(anonymous namespace)::hidden(int)"] == "shop"
    found = data_of(known)
    assert found["shop::prices"] == (4 * 64, "shop")
    assert found["vtable for shop::Apple"] == (12, "shop")
    assert not any(name.startswith("data at 0x0") for name in found)


def test_a_static_variable_is_of_the_file_of_its_function(shop: Path) -> None:
    """`run` is no namespace."""
    found = data_of(owners_of(shop / "shop.wasm"))
    assert found["run::table"][1].startswith("(C++) ")


def test_a_text_of_cpp_is_of_the_namespace_whose_code_has_it(shop: Path) -> None:
    found = data_of(owners_of(shop / "shop.wasm"))
    texts = {name: package for name, (_, package) in found.items() if name.startswith("string, ")}
    assert texts.get("string, shop.cpp:10", "shop") == "shop"  # clang 14 tells of none
    assert texts.get("string, shop.cpp:17", "(C++) ").startswith("(C++) ")


def test_names_of_segments_name_data(wat: Callable[[str], wasm.Module]) -> None:
    """As wasm-ld leaves them with --no-merge-data-segments, and wasm-opt cuts them."""
    assert data_of(owners(wat(SEGMENTS))) == {
        "shop::prices": (5 + 2, "shop"),
        "vtable for shop::Apple": (4, "shop"),
        "run::table": (3, "shop"),
        "count": (2, "(C)"),
        'data at 0x440: "a text"': (6, "shop"),
        ".rodata": (6, "store"),
    }


def test_a_map_of_another_module_is_refused(shop: Path) -> None:
    data = assembled('(module (memory 1) (data (i32.const 9) "x") (func $f (export "f")))')
    with pytest.raises(UsageError, match="a map of another module"):
        NameSources().with_map(shop / "bare.map", data)


MAP = """\
    Addr      Off     Size Out     In      Symbol
       -        8       74 TYPE
       -       20       19 CODE
       -       21        3         shop.o:(_ZN4shop3addEv)
       -       21        3                 shop::add()
       -       5a       30 DATA
     400       5b       20 .rodata
     400       62        8         shop.o:(.rodata._ZN4shop5kSizeE)
     400       62        8                 shop::kSize
     408       6a        4         /usr/lib/libc.a(vfprintf.o):(.rodata.states)
     40c       6e        4         <internal>:(.rodata)
     410        0       10 .bss
     410        0       10         /usr/lib/libc.a(malloc.o):(.bss._gm_)
     410        0       10                 _gm_
"""


def test_a_map_is_read_by_its_columns() -> None:
    found = linker_map.parse(MAP)
    assert found
    assert found.code == (0x20, 0x19)
    assert found.functions == {1: "shop::add()"}
    assert [tuple(each) for each in found.data] == [
        (0x400, 0x408, "shop::kSize", ""),
        (0x408, 0x40C, "states", "(C and compiler runtime)"),
    ]


@pytest.mark.parametrize("text", ["", "{}", "Archive member included", MAP[1:].lstrip()[4:]])
def test_what_is_no_map_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "a.map"
    path.write_text(text)
    with pytest.raises(UsageError, match="not a map that wasm-ld wrote"):
        linker_map.read(path)


def test_the_commands_take_a_map(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = shop / "other.wasm"
    other.write_bytes((shop / "bare.wasm").read_bytes())
    assert main(["sizes", str(other)]) == 0
    assert "shop::prices" not in capsys.readouterr().out
    assert main(["sizes", str(other), "--map", str(shop / "bare.map")]) == 0
    out = capsys.readouterr().out
    assert "  shop::prices\n" in out  # the package is not said twice
    assert main(["why", str(other), "hidden(int)", "--map", str(shop / "bare.map")]) == 0
    assert "shop::(anonymous namespace)::hidden(int): function" in capsys.readouterr().out


def test_a_cpp_function_is_found_without_its_arguments(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("shop::twice", "twice", "shop::(anonymous namespace)::hidden", "hidden", "price"):
        assert main(["why", str(shop / "shop.wasm"), name]) == 0
        first = capsys.readouterr().out.splitlines()[0]
        assert f"{name.rpartition('::')[2]}" in first
        assert ": function " in first


def test_debug_information_that_is_damaged_says_less(shop: Path) -> None:
    data = bytearray((shop / "shop.wasm").read_bytes())
    section = wasm.read(bytes(data)).custom(".debug_info")
    assert section
    for step in (7, 11, 13):
        for at in range(section.start, section.end, step):
            data[at] ^= step
        data_of(NameSources().owners(bytes(data)))


def test_a_named_segment_that_is_cut_shows_where_each_part_is() -> None:
    data = assembled(r"""(module (memory 1)
      (data $.rodata (i32.const 1024) "first\00\00\00then")
      (func $a.one (export "one") (drop (i32.const 1024)))
      (func $b.two (export "two") (drop (i32.const 1032))))""")
    assert set(data_of(NameSources().owners(data))) == {
        "data at 0x400: 66 69 72 73 74 00 00 00",
        'data at 0x408: "then"',
    }

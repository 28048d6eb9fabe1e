"""Where functions are in the sources, by debug information and by a debug build."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from wasmtrim import records, wasm
from wasmtrim.attribution import NameSources, Owners, owners
from wasmtrim.attribution.dwarf import locations
from wasmtrim.attribution.dwarf.info import SECTION, Dwarf
from wasmtrim.attribution.dwarf.locations import Locations
from wasmtrim.attribution.names import sources
from wasmtrim.attribution.packages import source_files
from wasmtrim.attribution.packages.inlining import Inlining
from wasmtrim.attribution.reachability import targets
from wasmtrim.attribution.reachability.graph import Graph
from wasmtrim.cli.main import main
from wasmtrim.errors import ModuleError, UsageError
from wasmtrim.records import FileSize, StageRecord, ToolUsed
from wasmtrim.records.locations import SourceLocation
from wasmtrim.records.release import of_stages
from wasmtrim.sizes import sha256

Wat = Callable[[str], wasm.Module]

SHAPE = (Path(__file__).parents[1] / "modules" / "shape.wat").read_text()
BARE = re.sub(r"\(@custom .*\)\n", "", SHAPE)


@pytest.fixture
def shape(wat: Wat) -> wasm.Module:
    return wat(SHAPE)


def test_debug_information_tells_file_and_line(shape: wasm.Module) -> None:
    told = Dwarf(shape)
    assert told.place(0) == SourceLocation("/src/app/native/shape.c", 3)
    assert told.place(1) == SourceLocation("/src/app/native/shape.c", 5)
    assert told.source(0) == ("/src/app/native/shape.c", "c")


def test_a_module_with_debug_information_sums_c_up_by_its_files(
    shape: wasm.Module, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "shape.wasm"
    path.write_bytes(shape.data)
    assert main(["sizes", str(path)]) == 0
    assert "(C) native  [own?]  (2 functions)\n" in capsys.readouterr().out
    assert main(["why", str(path), "around"]) == 0
    assert "  /src/app/native/shape.c:5\n" in capsys.readouterr().out


def test_broken_debug_information_says_less_and_fails_nothing(shape: wasm.Module) -> None:
    """Whatever byte of it is another one, and wherever it is cut."""
    start = min(s.start for s in shape.customs() if s.name.startswith(".debug_"))
    draw = random.Random(8)
    for _ in range(300):
        data = bytearray(shape.data)
        for _ in range(draw.randint(1, 4)):
            data[draw.randrange(start, len(data))] = draw.randrange(256)
        try:
            module = wasm.read(bytes(data))
        except ModuleError:
            continue  # a section's own frame was hit
        found = owners(module)
        for index in (0, 1):
            assert sum(Inlining(found).split(index, 9).values()) == 9
            for owner in found.of(index):
                if owner.place is None:
                    continue
                assert isinstance(owner.place.file, str)
                assert isinstance(owner.place.line, int)


def test_a_c_function_is_of_the_file_that_its_unit_includes(wat: Wat) -> None:
    """Not of the file that is compiled, which may include all others."""
    text = SHAPE.replace("app/native/shape.c\\00/src", "app/entire/shape.c\\00/src")
    assert text != SHAPE
    known = owners(wat(text))
    assert [known.package(index) for index in (0, 1)] == ["(C) native", "(C) native"]
    known = owners(wat(text.replace('".debug_line"', '".debug_none"')))
    assert [known.package(index) for index in (0, 1)] == ["(C) entire", "(C) entire"]


def proven(wat: Wat, linked: str, debug: str = SHAPE) -> dict[str, SourceLocation]:
    return dict(locations.proven(wat(linked).data, wat(debug).data).functions)


def test_a_debug_build_is_believed_of_functions_with_the_same_code(wat: Wat) -> None:
    found = proven(wat, BARE)
    assert {symbol: place._replace(code={}) for symbol, place in found.items()} == {
        "area": SourceLocation("/src/app/native/shape.c", 3),
        "around": SourceLocation("/src/app/native/shape.c", 5),
    }
    assert all(place.code.keys() == {"/src/app/native/shape.c"} for place in found.values())
    assert proven(wat, BARE.replace("i32.const 4", "i32.const 5")).keys() == {"area"}
    assert proven(wat, BARE.replace("$area", "$other")).keys() == {"around"}
    assert proven(wat, SHAPE, debug=BARE) == {}


def test_a_debug_build_tells_which_file_s_code_refers_to_an_address(wat: Wat) -> None:
    memory = '(memory 1) (data (i32.const 4) "a shape"))'
    linked, debug = (f"{text.rstrip()[:-1]} {memory}" for text in (BARE, SHAPE))
    linked, debug = (text.replace("i32.const 4", "i32.const 260") for text in (linked, debug))
    assert proven(wat, linked, debug)["around"].data == {"/src/app/native/shape.c": (260,)}


GO = SHAPE.replace("shape.c\\00", "shap.go\\00").replace(
    "area\\00int\\00around", "a.ea\\00int\\00a.ound"
)


def test_a_folder_is_of_the_package_of_its_functions(wat: Wat) -> None:
    """By the functions that it declares, also where none of them has code of its own."""
    assert locations.proven(wat(BARE).data, wat(GO).data).folders == {"/src/app/native": "a"}
    assert locations.proven(wat(BARE).data, wat(SHAPE).data).folders == {}


def test_a_go_function_without_a_package_is_of_its_file_s_folder(wat: Wat) -> None:
    """TinyGo's units say that they are C."""
    known = owners(wat(GO))
    assert [known.package(index) for index in (0, 1)] == ["a", "a"]
    assert known.group(0).name != "unknown"


def test_files_are_named_by_their_root(tmp_path: Path) -> None:
    roots = {
        "": Path("/home/me/app"),
        "$GOROOT": Path("/opt/go"),
        "$TINYGOROOT": Path("/opt/go/tinygo"),
    }
    functions = {
        "main.run": SourceLocation("/home/me/app/cmd/run.go", 3),
        "slices.Sort": SourceLocation("/opt/go/src/slices/sort.go", 9),
        "memcpy": SourceLocation("/opt/go/tinygo/lib/libc/src/string/memcpy.c", 1),
        "odd": SourceLocation("/tmp/of/this/machine/odd.c", 2),
        "calloc": SourceLocation("/ci/tinygo/lib/wasi-libc/dlmalloc/src/dlmalloc.c", 4),
        "exported": SourceLocation(
            "/home/me/app/cmd/export.go",
            7,
            code={
                "/home/me/app/cmd/export.go": 5,
                "/opt/go/src/slices/sort.go": 9,
                "/opt/go/src/unknown/x.go": 2,
                "/opt/go/tinygo/lib/libc/src/string/memcpy.c": 3,
            },
            data={
                "/home/me/app/cmd/export.go": (80, 96),
                "/opt/go/src/slices/sort.go": (64,),
                "/opt/go/src/unknown/x.go": (32,),
                "/home/me/app/<Go interface method>": (16,),
                "": (24,),
            },
        ),
    }
    folders = {"/home/me/app/cmd": "main", "/opt/go/src/slices": "slices"}
    found = locations.portable(Locations(functions, folders=folders), roots)
    assert found.functions == {
        "main.run": SourceLocation("cmd/run.go", 3),
        "slices.Sort": SourceLocation("$GOROOT/src/slices/sort.go", 9),
        "memcpy": SourceLocation("$TINYGOROOT/lib/libc/src/string/memcpy.c", 1, (), "libc/string"),
        "odd": SourceLocation("odd.c", 2, (), "(C) odd"),
        "calloc": SourceLocation(
            "$TINYGOROOT/lib/wasi-libc/dlmalloc/src/dlmalloc.c", 4, (), "wasi-libc/dlmalloc"
        ),
        "exported": SourceLocation(
            "cmd/export.go",
            7,
            (),
            "main",
            {"libc/string": 3, "main": 5, "slices": 9},
            {"main": (80, 96), "slices": (64,)},
        ),
    }


@pytest.mark.parametrize(
    ("file", "package", "group"),
    [
        ("$TINYGOROOT/lib/wasi-libc/libc-top-half/sources/arc4random.c",
         "wasi-libc/arc4random", "runtime"),
        ("$TINYGOROOT/lib/wasi-libc/libc-top-half/musl/src/string/strlen.c",
         "wasi-libc/string", "runtime"),
        ("$TINYGOROOT/lib/compiler-rt-builtins/multi3.c", "compiler-rt-builtins", "runtime"),
        ("native/shape.c", "(C) native", "own"),
        ("home/me/src/shape.c", "(C) shape", "own"),
        ("build/wasi-libc/dlmalloc/src/malloc.c", "(C and compiler runtime) malloc", "runtime"),
    ],
)  # fmt: skip
def test_a_c_file_is_of_a_family(wat: Wat, file: str, package: str, group: str) -> None:
    told = Locations({"f": SourceLocation(f"/{file}")})
    found = locations.portable(told, {"": Path("/")}).functions
    known = owners(wat("(module (func $f))"), locations=found)
    assert (known.package(0), known.group(0).name) == (package, group)


def released(wat: Wat, tmp_path: Path, linked: str = "") -> Owners:
    """A module that lies beside its records, as in dist/."""
    module, shipped = wat(BARE).data, tmp_path / "app.wasm"
    shipped.write_bytes(module)
    size = FileSize(len(module), 0, 0, sha256(module))
    before = replace(size, sha256=linked or size.sha256)
    stage = StageRecord("compile", ToolUsed("tinygo", "0.41.1", True), (), 1.0, linked=before)
    record = of_stages("app", None, [], {}, [(stage, size, None)])
    records.SIZES.write(shipped.with_suffix(".sizes.json"), record)
    place = SourceLocation("native/shape.c", 3, ("twice",), "(C) native")
    locations.write(shipped.with_suffix(".locations.json"), module, Locations({"area": place}))
    return sources.beside(shipped, module).owners(module)


def test_what_lies_beside_a_module_says_where_its_functions_are(wat: Wat, tmp_path: Path) -> None:
    found = released(wat, tmp_path)
    [area] = found.of(0)
    assert area.place == SourceLocation("native/shape.c", 3, ("twice",), "(C) native")
    assert [found.package(index) for index in (0, 1)] == ["(C) native", "(C)"]


def test_why_of_what_was_inlined_tells_where_its_code_is(
    wat: Wat, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    released(wat, tmp_path)
    assert main(["why", str(tmp_path / "app.wasm"), "twice"]) == 0
    assert capsys.readouterr().out == (
        "twice: was inlined, its code is in 1 function\n"
        "nothing keeps it: no export, call or table entry leads here\n"
        "the functions with its code:\n"
        "           8  area\n"
    )
    assert main(["why", str(tmp_path / "app.wasm"), "area"]) == 0
    assert "  native/shape.c:3\n  with the code of twice\n" in capsys.readouterr().out


def test_why_takes_the_last_part_of_a_package_that_was_inlined(wat: Wat) -> None:
    inlined = ("app/guest/palette.Of", "app/guest/word.Load", "app/other/word.Store")
    places = {
        "area": SourceLocation("main.go", 1, inlined),
        "around": SourceLocation("main.go", 9, inlined[:1]),
    }
    graph = Graph(owners(wat(BARE), locations=places))
    for text in ("palette", "app/guest/palette"):
        found = targets.find(graph, text)
        assert (found.kind, found.name) == ("inlined", "app/guest/palette")
        assert found.functions == (0, 1)
    with pytest.raises(UsageError, match=r"mean app/guest/word or app/other/word\?"):
        targets.find(graph, "word")


def test_the_places_of_another_build_say_nothing(wat: Wat, tmp_path: Path) -> None:
    [area] = released(wat, tmp_path, linked="0" * 64).of(0)
    assert area.place is None


@pytest.mark.parametrize(
    "content",
    ["", "[]", '{"schema": 2}', '{"schema": 1, "linked": "l", "functions": {"f": ["x.c", "y"]}}'],
)
def test_a_record_of_another_form_says_nothing(tmp_path: Path, content: str) -> None:
    path = tmp_path / "app.locations.json"
    path.write_text(content)
    assert locations.read(path, "l") == Locations()
    assert locations.read(tmp_path / "none", "l") == Locations()


def test_a_module_without_debug_information_is_asked_for_none(wat: Wat) -> None:
    module = wat(BARE)
    assert module.custom(SECTION) is None
    [owner] = NameSources().owners(module.data).of(0)
    assert owner.place is None


@pytest.mark.parametrize(
    ("file", "shown"),
    [
        ("/opt/go/src/fmt/print.go", "fmt/print.go"),
        (
            "/home/me/go/pkg/mod/gopkg.in/yaml.v3@v3.0.1/decode.go",
            "gopkg.in/yaml.v3@v3.0.1/decode.go",
        ),
        ("/home/me/.cargo/registry/src/index-1f/regex-1.2.3/src/lib.rs", "regex-1.2.3/src/lib.rs"),
        ("/rustc/59807616e1fa/library/core/src/fmt/mod.rs", "core/src/fmt/mod.rs"),
        ("/emsdk/emscripten/system/lib/dlmalloc.c", "emscripten/system/lib/dlmalloc.c"),
        ("/home/me/app/main.go", "/home/me/app/main.go"),
    ],
)
def test_a_table_shows_no_folders_of_the_machine(file: str, shown: str) -> None:
    folder = source_files.folder_before("/opt/go/src/os/file.go", "os")
    assert folder == "/opt/go/src/"
    assert source_files.shown(file, folder) == shown
    assert source_files.folder_before("/home/me/app/main.go", "main") == ""

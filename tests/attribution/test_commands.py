"""`wasmtrim sizes` and `wasmtrim why`, as they are typed."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from wasmtrim import records, sizes, wasm
from wasmtrim.cli.main import main
from wasmtrim.wasm import names, rewriting


@pytest.fixture
def gofmt(tinygo_module: wasm.Module, tmp_path: Path) -> str:
    path = tmp_path / "gofmt.wasm"
    path.write_bytes(tinygo_module.data)
    return str(path)


def test_sizes_as_json_add_up(gofmt: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sizes", gofmt, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["schema"] == 1
    assert found["size"] == sum(item["bytes"] for item in found["items"]) == 272_188
    assert set(found["items"][0]) == {
        *("kind", "section", "name", "offset", "bytes", "gzip", "brotli"),
        *("index", "package", "group", "guess"),
    }
    row = next(item for item in found["items"] if item["name"] == "fmt.Errorf")
    assert (row["package"], row["group"], row["guess"]) == ("fmt", "standard library", False)
    assert found["items"][0]["package"] is None
    assert 0 < row["brotli"] < row["gzip"] < found["noise"] == 1_000
    offset = 0
    for item in found["items"]:
        assert item["offset"] == offset
        offset += item["bytes"]


def test_sizes_in_words_show_sections_packages_and_functions(
    gofmt: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sizes", gofmt]) == 0
    out = capsys.readouterr().out
    assert re.search(r"^ +190,918 +70\.1% +code$", out, re.MULTILINE)
    assert re.search(
        r"^ +18,102 +6\.7% +1,\d{3}  fmt  \[standard library\]  \(38 f", out, re.MULTILINE
    )
    assert re.search(r"^ +9,127 +3\.4% +go/printer\.\(\*printer\)\.flush$", out, re.MULTILINE)
    assert re.search(r"^ +3,168 +1\.2% +data at 0x1c190: 00 00 01 00 .* \.\.\.$", out, re.MULTILINE)
    assert out.count("in all\n") == 3
    assert out.endswith("names from: name section\n")


def test_compressed_shares_add_up_and_small_ones_are_marked(
    gofmt: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sizes", gofmt, "--compressed", "--top", "5"]) == 0
    out = capsys.readouterr().out
    columns = r" 70\.1% +82,\d{3} +70,\d{3}  code$"
    assert re.search(columns, out, re.MULTILINE)
    assert re.search(r" 0\.2% +~\d{3} +~\d{3}  function$", out, re.MULTILINE)
    total = re.search(r" 100\.0% +([\d,]+) +([\d,]+)  in all$", out, re.MULTILINE)
    assert total
    packed = sizes.measure(Path(gofmt).read_bytes())
    assert [int(size.replace(",", "")) for size in total.groups()] == [packed.gzip, packed.brotli]
    assert "~: under 1,000 compressed bytes" in out


def test_tables_fit_a_terminal_and_are_whole_in_a_pipe(
    gofmt: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    argv = ["sizes", gofmt, "--compressed", "--top", "5"]
    assert main(argv) == 0
    whole = capsys.readouterr().out
    assert "  go/printer  [standard library]  (49 functions)\n" in whole
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "80")
    assert main(argv) == 0
    lines = capsys.readouterr().out.splitlines()
    assert 70 < max(map(len, lines)) <= 80
    assert [line[:45] for line in lines] == [line[:45] for line in whole.splitlines()]


def test_a_narrow_terminal_leaves_out_counts_before_groups_and_never_a_guess(
    wat: Callable[[str], wasm.Module],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path, folder = tmp_path / "app.wasm", "shop/" * 9
    named = ("main.main", "github.com/a/bcdefghi.F", "github.com/a/bcdefghi.G", f"{folder}x.F")
    functions = "".join(f'(func (@name "{name}"))' for name in named)
    path.write_bytes(wat(f"(module {functions})").data)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "64")
    assert main(["sizes", str(path)]) == 0
    out = capsys.readouterr().out
    assert "%  github.com/a/bcdefghi  [third party?]\n" in out
    assert "%  shop/shop/shop/shop…p/shop/shop/shop/x  ?\n" in out
    assert max(map(len, out.splitlines()[:-3])) <= 64


def test_tables_are_as_long_as_asked(gofmt: str, capsys: pytest.CaptureFixture[str]) -> None:
    lines = {}
    for options in (["--top", "3"], [], ["--all"]):
        assert main(["sizes", gofmt, *options]) == 0
        out = capsys.readouterr().out
        lines[" ".join(options)] = out.count("%  ")
        assert (" more)\n" in out) == (options != ["--all"])
    assert lines["--top 3"] < lines[""] < 100 < 600 < lines["--all"]
    for wrong in ("0", "x", "-1"):
        with pytest.raises(SystemExit):
            main(["sizes", gofmt, "--top", wrong])


def test_rows_that_are_alike_are_one_and_long_names_are_whole(
    wat: Callable[[str], wasm.Module], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, long = tmp_path / "alike.wasm", "f" * 300
    text = "core::ptr::drop_in_place<T>::h"
    functions = "".join(f'(func (@name "{text}{number:016x}"))' for number in range(10))
    path.write_bytes(wat(f"(module {functions} (func ${long}))").data)
    assert main(["sizes", str(path)]) == 0
    out = capsys.readouterr().out
    assert "  core::ptr::drop_in_place<T>  (10 alike)\n" in out
    assert f"  {long}\n" in out


def test_a_package_is_not_printed_twice(
    retained_module: wasm.Module, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "retained.wasm"
    path.write_bytes(retained_module.data)
    assert main(["sizes", str(path), "--all"]) == 0
    out = capsys.readouterr().out
    assert re.search(r"  strings\.Map  strings\.go:\d+\n", out)
    assert re.search(r"  main\.helper  example\.com/hello/main\.go:17\n", out)
    assert re.search(r"  strings/strings\.go  \(\d functions\)\n", out)
    assert "\nown and third party from: Go's build info in the module\n" in out


def test_a_lock_file_tells_whose_crates_are(
    wat: Callable[[str], wasm.Module], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, lock = tmp_path / "plugin.wasm", tmp_path / "Cargo.lock"
    path.write_bytes(wat("(module (func $_RNvCs1_6plugin3run) (func $_RNvCs1_5serde3run))").data)
    lock.write_text(
        '[[package]]\nname = "plugin"\n[[package]]\nname = "serde"\nsource = "registry+x"\n'
    )
    assert main(["sizes", str(path)]) == 0
    out = capsys.readouterr().out
    assert "plugin  [unknown]\n" in out
    assert "own and third party" not in out
    assert main(["sizes", str(path), "--lock", str(lock)]) == 0
    out = capsys.readouterr().out
    assert "  plugin  [own]\n" in out
    assert "  serde  [third party]\n" in out
    assert out.endswith("own and third party from: Cargo.lock\n")


def test_why_measures_what_would_be_saved(
    wat: Callable[[str], wasm.Module], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "pages.wasm"
    noise = " ".join(f"(drop (i64.const {7**n % 10**15}))" for n in range(1, 40))
    path.write_bytes(
        wat(f'(module (func (export "a") call 1) (func call 2 {noise}) (func {noise}))').data
    )
    assert main(["why", str(path), "1", "--saving"]) == 0
    out = capsys.readouterr().out
    own, leaving = (
        int(re.sub(",", "", size)) for size in re.findall(r"(?m)^ +([\d,]+)  bytes", out)
    )
    alone, together = re.findall(r"(?m)^ +(\d+) +(\d+) +(\d+)  (?:and )?without", out)
    assert int(alone[0]) == own - 4  # what is left of a body
    assert int(together[0]) >= leaving - 10
    before, after = (sizes.measure(data) for data in (path.read_bytes(), stubbed(path, 1)))
    assert [int(n) for n in alone] == [
        before.raw - after.raw,
        before.gzip - after.gzip,
        before.brotli - after.brotli,
    ]


def stubbed(path: Path, index: int) -> bytes:
    module = wasm.read(path.read_bytes())
    return rewriting.with_bodies(module, {index: b"\x00\x00\x0b"})


def test_standard_input_is_a_module_too(
    tinygo_module: wasm.Module,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(tinygo_module.data)))
    assert main(["sizes", "-", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["size"] == 272_188


def test_an_unstripped_build_beside_the_module_names_it(
    tinygo_module: wasm.Module, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shipped, unstripped = tmp_path / "app.wasm", tmp_path / "app.unstripped.wasm"
    shipped.write_bytes(names.without(tinygo_module.data))
    assert main(["why", str(shipped), "fmt"]) == 2
    unstripped.write_bytes(tinygo_module.data)
    assert main(["why", str(shipped), "fmt"]) == 0
    assert main(["sizes", str(shipped)]) == 0
    assert "\nnames from: unstripped build\n" in capsys.readouterr().out
    unstripped.write_bytes(tinygo_module.data + b"\0\2\1x")
    assert main(["sizes", str(shipped)]) == 0
    assert "names from: approximate match with the unstripped build" in capsys.readouterr().out


def test_names_from_a_module_do_not_steer_the_terminal(
    wat: Callable[[str], wasm.Module], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "evil.wasm"
    path.write_bytes(wat('(module (func (export "a\\1b[2J\\u{202e}b") nop))').data)
    for argv in (["sizes", str(path)], ["why", str(path), "0"]):
        assert main(argv) == 0
        out = capsys.readouterr().out
        assert "a\\x1b[2J\\u202eb" in out
        assert "\x1b" not in out


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "header at byte 0: not WebAssembly"),
        (b"\0asm\1\0\0\0\1\x05", "type section at byte 10: it has 5 bytes"),
    ],
)
def test_what_is_no_module_is_one_line_and_status_1(
    data: bytes, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "odd.wasm"
    path.write_bytes(data)
    for argv in (["sizes", str(path)], ["why", str(path), "fmt"]):
        assert main(argv) == 1
        error = capsys.readouterr().err
        assert error.startswith(f"wasmtrim: {path}: {said}")
        assert error.count("\n") == 1


def test_a_missing_file_is_a_wrong_request(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sizes", "nowhere.wasm"]) == 2
    assert capsys.readouterr().err == "wasmtrim: nowhere.wasm: No such file or directory\n"


def test_an_address_on_the_network_is_no_file(capsys: pytest.CaptureFixture[str]) -> None:
    address = "https://example.com/a.wasm"
    for argv in (["sizes", address], ["why", address, "fmt"], ["compare", address, "b.wasm"]):
        assert main(argv) == 2
        said = f"wasmtrim: {address}: an address, not a file; download it first, or pipe it to -"
        assert said in capsys.readouterr().err


def test_why_a_package(gofmt: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["why", gofmt, "fmt"]) == 0
    out = capsys.readouterr().out
    assert out.startswith(
        "fmt: package, 38 functions\n"
        "      18,102  bytes of its own\n"
        "      26,000  bytes would leave with it, with all that only it keeps\n"
        "              at least: functions called through the table may leave too\n"
        "because:\n"
        "  the module exports format\n"
        "    which calls go/token.(*File).MergeLine\n"
        "      which calls fmt.Sprintf\n"
    )


def test_why_as_json_has_what_the_text_says(gofmt: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["why", gofmt, "fmt", "--json"]) == 0
    printed = capsys.readouterr().out
    answer = json.loads(printed)
    assert records.WHY.text(records.WHY.parse(printed.encode(), "it")) == printed
    assert (answer["schema"], answer["kind"], answer["name"]) == (1, "package", "fmt")
    assert len(answer["functions"]) == 38
    assert sum(function["bytes"] for function in answer["functions"]) == answer["bytes"] == 18_102
    assert (answer["retained"], answer["at_least"]) == (26_000, True)
    steps = [(step["kind"], step["name"]) for step in answer["chain"]]
    assert steps[0] == ("export", "format")
    assert steps[-1] == ("call", "fmt.Sprintf")
    assert answer["imports"] is answer["saving"] is None


def test_why_as_json_measures_what_would_be_saved(
    wat: Callable[[str], wasm.Module], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "pages.wasm"
    path.write_bytes(
        wat(f'(module (func (export "a") call 1) (func call 2) (func {"nop " * 50}))').data
    )
    assert main(["why", str(path), "1", "--json", "--saving"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["kept_by"], answer["called_by"], answer["calls"]) == (0, [0], [2])
    assert answer["saving"]["alone"]["bytes"] == 1
    assert answer["saving"]["all"]["bytes"] == 50


def test_why_a_function_by_the_end_of_its_name(
    gofmt: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["why", gofmt, "fmtFloat"]) == 2  # two receivers have one
    said = capsys.readouterr().err
    assert "several functions or packages are called 'fmtFloat'" in said
    assert "did you mean fmt.(*fmt).fmtFloat or fmt.(*pp).fmtFloat" in said
    assert main(["why", gofmt, "(*fmt).fmtFloat"]) == 0
    assert "kept only by: fmt.(*pp).fmtFloat\n" in capsys.readouterr().out


def test_why_of_functions_that_have_one_name_is_of_all_of_them(
    wat: Callable[[str], wasm.Module], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "plugin.wasm"
    name = '(@name "shop::total::h000000000000000{}")'
    path.write_bytes(
        wat(
            f"""(module (func (@name "run") (export "run") call 1 call 2)
            (func {name.format(1)} nop call 3) (func {name.format(2)} nop nop nop nop)
            (func (@name "shop::tax::h0000000000000003") nop))"""
        ).data
    )
    assert main(["why", str(path), "total"]) == 0
    assert capsys.readouterr().out == (
        "shop::total: 2 functions of this name\n"
        "          13  bytes of its own\n"
        "          17  bytes would leave with it, with all that only it keeps\n"
        "because:\n"
        "  the module exports run\n"
        "    which calls shop::total\n"
        "largest functions:\n"
        "           7  shop::total\n"
        "           6  shop::total\n"
    )
    assert main(["why", str(path), "total", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["kind"], answer["retained"], answer["kept_by"]) == ("function", 17, None)
    assert [function["index"] for function in answer["functions"]] == [2, 1]


def test_why_of_what_the_table_holds_tells_which_indirect_calls_have_its_type(
    wat: Callable[[str], wasm.Module], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "table.wasm"
    path.write_bytes(
        wat("""(module (table 2 funcref) (elem (i32.const 0) $compare $odd)
          (func $compare (param i32 i32) (result i32) i32.const 0)
          (func $odd (param f64))
          (func $sort (export "sort")
            (drop (call_indirect (param i32 i32) (result i32)
              (i32.const 1) (i32.const 2) (i32.const 0)))))""").data
    )
    for name, callers in (("compare", "sort"), ("odd", "no function of the module")):
        assert main(["why", str(path), name]) == 0
        assert f"\ncalled as its type by: {callers}\n" in capsys.readouterr().out


EXPORTED = """(module
  (func $lib.render)
  (func $main.renderPage (export "render") call $lib.render call $text/render.Draw)
  (func $main.sizeOf (export "out_len"))
  (func $text/render.Draw))"""


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("render", "render: export, which is main.renderPage, function 1", "not shown: package"),
        ("out_len", "out_len: export, which is main.sizeOf, function 2", "imports: not known"),
        ("renderPage", "main.renderPage: function 1", "calls: lib.render, text/render.Draw"),
        ("lib.render", "lib.render: function 0", "called by: main.renderPage"),
        ("text/render", "text/render: package, 1 function", "           3  text/render.Draw"),
    ],
)
def test_why_says_what_a_name_is_taken_for(
    asked: str,
    first: str,
    last: str,
    wat: Callable[[str], wasm.Module],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "pages.wasm"
    path.write_bytes(wat(EXPORTED).data)
    assert main(["why", str(path), asked]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == first
    assert lines[-1].startswith(last)


def test_the_last_element_of_a_path_is_a_package(
    wat: Callable[[str], wasm.Module], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "json.wasm"
    path.write_bytes(wat("(module (func $encoding/json.Marshal) (func $a/b.x) (func $c/b.y))").data)
    assert main(["why", str(path), "json"]) == 0
    assert capsys.readouterr().out.startswith("encoding/json: package, 1 function\n")
    assert main(["why", str(path), "b"]) == 2
    said = "several functions or packages are called 'b'; did you mean a/b or c/b?"
    assert said in capsys.readouterr().err


def test_an_unknown_name_gets_the_nearest(gofmt: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["why", gofmt, "fmt.Sprintff"]) == 2
    assert capsys.readouterr().err.startswith(
        "wasmtrim: no function or package 'fmt.Sprintff' is in the module; did you mean fmt.Sprintf"
    )


def test_a_function_nobody_knows_is_told_by_index_type_and_neighbours(
    wat: Callable[[str], wasm.Module], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "foreign.wasm"
    text = '(module (func (export "a") call 1) (func (param i64)) (func (export "b")))'
    path.write_bytes(wat(text.replace("call 1", "i64.const 0 call 1")).data)
    assert main(["why", str(path), "1"]) == 0
    assert capsys.readouterr().out == (
        "function 1: func(i64): function 1\n"
        "  func(i64)\n"
        "           3  bytes of its own\n"
        "           3  bytes would leave with it, with all that only it keeps\n"
        "because:\n"
        "  the module exports a\n"
        "    which calls function 1: func(i64)\n"
        "kept only by: a\n"
        "called by: a\n"
        "lies after: a\n"
        "lies before: b\n"
    )


def test_what_nothing_keeps_is_said(
    wat: Callable[[str], wasm.Module], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "dead.wasm"
    path.write_bytes(wat("(module (func $lib.dead))").data)
    assert main(["why", str(path), "lib"]) == 0
    assert "nothing keeps it: no export, call or table entry leads here" in capsys.readouterr().out


def test_why_of_all_that_nobody_knows(
    wat: Callable[[str], wasm.Module], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bare.wasm"
    path.write_bytes(names.without(wat('(module (func (export "a") call 1) (func nop))').data))
    assert main(["why", str(path), "(unknown)"]) == 0
    assert capsys.readouterr().out.startswith("(unknown): package, 2 functions\n")
    assert main(["why", str(path), "7"]) == 2
    assert capsys.readouterr().err.endswith("'7' is in the module; its functions are 0 to 1\n")

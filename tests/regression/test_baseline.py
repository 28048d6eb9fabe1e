from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.regression.conftest import read_file

from wasmtrim import records
from wasmtrim.attribution import NameSources
from wasmtrim.errors import UsageError
from wasmtrim.profile import Waiver
from wasmtrim.records import CompilerUsed, StageRecord, ToolUsed
from wasmtrim.records.locations import SourceLocation
from wasmtrim.records.release import of_stages
from wasmtrim.regression import baseline, inventory
from wasmtrim.regression.compare import compare
from wasmtrim.regression.difference import Difference
from wasmtrim.sizes import measure

MODULE = """(module
  (import "env" "log" (func $log (param i32)))
  (func $main.run (export "_start") (call $log (i32.const 1)))
  (func $main.run.func1) (func $main.run.func2 (param i32)))"""
GROWN = MODULE.replace("$main.run.func2 (param i32)", "$fmt.Sprint (param i64) (nop) (nop)")


@pytest.fixture
def build(tmp_path: Path, assemble: Callable[[str], bytes]) -> Callable[[str], None]:
    """Leaves a module and its size record in dist/, as a build does."""

    def make(text: str) -> None:
        module = assemble(text)
        dist = tmp_path / "dist"
        dist.mkdir(exist_ok=True)
        (dist / "edge.wasm").write_bytes(module)
        stage = StageRecord("compile", ToolUsed("go", "1.26.6", True), ("go", "build"), 3.5)
        used = CompilerUsed("go", "1.26.6", False)
        record = of_stages("edge", used, ["sign-ext"], {}, [(stage, measure(module), 77)])
        records.SIZES.write(dist / "edge.sizes.json", record)

    return make


def update(root: Path, *waivers: Waiver, dirty: bool = True) -> list[str]:
    dist = root / "dist"
    modules = {"edge": (dist / "edge.wasm", waivers)}
    return list(baseline.update(root, dist, modules, dirty=dirty))


def test_each_function_import_and_export_is_a_line(
    tmp_path: Path, build: Callable[[str], None]
) -> None:
    build(MODULE)

    update(tmp_path)

    lines = (tmp_path / "config/baselines/edge.go.json").read_text().splitlines()
    assert '    ["main", "main.run", 7],' in lines
    assert lines.count('    ["main", "main.run.func#", 3],') == 1
    assert '    "env.log: func(i32)"' in lines
    assert '    "_start: func()"' in lines
    assert not [line for line in lines if "seconds" in line]


def test_what_is_written_is_read_again_and_differs_in_nothing(
    tmp_path: Path, build: Callable[[str], None]
) -> None:
    build(MODULE)
    update(tmp_path)
    new = read_file(tmp_path / "dist" / "edge.wasm")
    assert new.release

    record = baseline.find(tmp_path, new.release)

    assert record
    found = compare(Difference(baseline.of_record(record, ""), new))
    assert (found.tool_changes, found.functions, found.packages, found.sections) == ((), (), (), ())


def test_the_command_says_old_and_new_of_each_value(
    tmp_path: Path, build: Callable[[str], None]
) -> None:
    name = "config/baselines/edge.go.json"
    build(MODULE)
    assert update(tmp_path)[0].startswith(f"{name}: new: raw ")
    assert update(tmp_path) == [f"{name}: unchanged"]
    build(GROWN)

    told = update(tmp_path)

    assert f"{name}: package fmt: 0 => 5 (+5)" in told
    assert f"{name}: package main: 13 => 10 (-3)" in told
    assert update(tmp_path) == [f"{name}: unchanged"]


def test_the_same_baseline_is_not_written_again(
    tmp_path: Path, build: Callable[[str], None]
) -> None:
    build(MODULE)
    update(tmp_path)
    file = tmp_path / "config/baselines/edge.go.json"
    before = file.stat().st_mtime_ns

    update(tmp_path)

    assert file.stat().st_mtime_ns == before


def test_a_module_that_the_record_doesnt_tell_of_is_refused(
    tmp_path: Path, build: Callable[[str], None]
) -> None:
    build(MODULE)
    (tmp_path / "dist" / "edge.wasm").write_bytes(b"\0asm\1\0\0\0")

    with pytest.raises(UsageError, match="run `scons release profile=edge` first"):
        update(tmp_path)


def test_changes_that_are_not_committed_are_refused_unless_told(
    tmp_path: Path, build: Callable[[str], None]
) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    build(MODULE)

    with pytest.raises(UsageError, match=r"dist/; commit them, or run `scons baseline dirty=1`"):
        update(tmp_path, dirty=False)
    assert update(tmp_path)


def test_a_change_of_baselines_alone_is_no_hindrance(
    tmp_path: Path, build: Callable[[str], None]
) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / ".gitignore").write_text("dist/\n.gitignore\n")
    build(MODULE)
    update(tmp_path)

    assert update(tmp_path, dirty=False)


@pytest.mark.parametrize("part", ["packages", "functions", "sections"])
def test_a_baseline_that_was_broken_by_hand_is_told(
    tmp_path: Path, build: Callable[[str], None], part: str
) -> None:
    build(MODULE)
    update(tmp_path)
    file = tmp_path / "config/baselines/edge.go.json"
    content = json.loads(file.read_text())
    content[part] = [1]

    told = "not a baseline that this version of wasmtrim reads: .*; write it again with `scons"
    with pytest.raises(UsageError, match=told):
        records.BASELINE.parse(json.dumps(content).encode(), "edge.go.json")


def test_functions_are_normalised_in_the_file_only(
    tmp_path: Path, build: Callable[[str], None]
) -> None:
    build(MODULE)
    data = (tmp_path / "dist" / "edge.wasm").read_bytes()
    held = inventory.of_module(data)
    release = records.SIZES.read(tmp_path / "dist" / "edge.sizes.json")

    text = records.BASELINE.text(baseline.of_release(release, held))

    assert "main.run.func1" in [function.name for function in held.functions]
    assert "func1" not in text


def test_packages_hold_what_was_inlined_of_them(
    tmp_path: Path, build: Callable[[str], None]
) -> None:
    build(MODULE)
    data = (tmp_path / "dist" / "edge.wasm").read_bytes()
    places = {"main.run.func1": SourceLocation("run.go", code={"main": 1, "strings": 3})}
    held = inventory.of_module(data, NameSources(locations=places))
    release = records.SIZES.read(tmp_path / "dist" / "edge.sizes.json")
    text = records.BASELINE.text(baseline.of_release(release, held))

    kept = baseline.of_record(records.BASELINE.parse(text.encode(), ""), "").inventory

    assert kept
    assert kept.packages == held.packages
    assert kept.packages["strings"].approximate
    assert not kept.packages["strings"].functions


def test_the_compressed_shares_add_up_to_the_compressed_files(
    tmp_path: Path, build: Callable[[str], None]
) -> None:
    build(MODULE)
    update(tmp_path)

    content = json.loads((tmp_path / "config/baselines/edge.go.json").read_text())

    for metric in ("gzip", "brotli"):
        parts = sum(size[metric] for size in content["sections"].values())
        overhead = content["compressed_overhead"][metric]
        assert parts + overhead == content["stages"][-1][metric]


def test_a_baseline_that_cant_be_read_is_written_anew(
    tmp_path: Path, build: Callable[[str], None]
) -> None:
    build(MODULE)
    file = tmp_path / "config/baselines/edge.go.json"
    file.parent.mkdir(parents=True)
    file.write_text("<<<<<<< HEAD")

    assert update(tmp_path)[0].startswith("config/baselines/edge.go.json: new: raw")


def test_a_function_with_a_name_but_no_package_keeps_it(
    tmp_path: Path, build: Callable[[str], None]
) -> None:
    build('(module (func $run (export "_start") (nop)) (func (param i32)))')
    update(tmp_path)
    new = read_file(tmp_path / "dist" / "edge.wasm")
    assert new.release
    record = baseline.find(tmp_path, new.release)

    assert record
    old = baseline.of_record(record, "")
    assert old.inventory
    assert [(f.name, f.type) for f in old.inventory.functions] == [("run", ""), ("", "func(i32)")]
    assert compare(Difference(old, new)).functions == ()


def test_the_waivers_that_stand_are_kept(tmp_path: Path, build: Callable[[str], None]) -> None:
    build(MODULE)
    waiver = Waiver.model_validate(
        {
            "metric": "raw",
            "extra": "1 KiB",
            "reason": "fmt for errors",
            "who": "team media",
            "until": "2026-12-31",
        }
    )

    update(tmp_path, waiver)

    text = (tmp_path / "config/baselines/edge.go.json").read_text()
    assert '    "raw of artifact": 1024' in text.splitlines()

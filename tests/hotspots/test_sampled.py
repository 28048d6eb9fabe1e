"""Samples of time by call stack, out of real runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from wasmtrim import wasm
from wasmtrim.cli.main import main
from wasmtrim.errors import CheckError
from wasmtrim.hotspots import formats, sampled, subject, summary
from wasmtrim.hotspots.formats import View
from wasmtrim.verify.sandbox import RunLimits
from wasmtrim.wasm import names

Assemble = Callable[[str], bytes]
SPIN = """(module
    (func $spin (param i32)
        (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
    (func $short (call $spin (i32.const 1000)))
    (func $long (call $spin (i32.const 20000000)))
    (func $main (export "_start") (call $short) (call $long)))"""


def test_samples_lie_where_the_time_goes(tmp_path: Path, assemble: Assemble) -> None:
    file = tmp_path / "it.wasm"
    file.write_bytes(assemble(SPIN))
    record = sampled.measure(subject.of_module(file, None, [], tmp_path), tmp_path, 0.2)
    figures = {record.functions[at].name: f for at, f in summary.by_function(record).items()}
    assert figures["spin"].own == max(each.own for each in figures.values()) > 0
    assert figures["long"].total >= figures["spin"].own / 2
    assert "runs took" in record.notes[0] or "run took" in record.notes[0]
    text = formats.made("text", View(record)).decode()
    assert text.startswith(f"it.wasm: {summary.total(record)} samples, one each 1 ms\n")
    assert "calls" not in text


def test_names_do_not_matter(assemble: Assemble) -> None:
    module = wasm.read(assemble(SPIN))
    again = wasm.read(sampled.numbered(module))
    assert names.read(again).functions == {0: "0", 1: "1", 2: "2", 3: "3"}


def test_a_trap_is_no_profile(tmp_path: Path, assemble: Assemble) -> None:
    file = tmp_path / "it.wasm"
    file.write_bytes(assemble('(module (func (export "_start") unreachable))'))
    with pytest.raises(CheckError, match="unreachable"):
        sampled.measure(subject.of_module(file, None, [], tmp_path), tmp_path, 0.1)


def test_a_module_without_end_is_refused(tmp_path: Path, assemble: Assemble) -> None:
    file = tmp_path / "it.wasm"
    file.write_bytes(assemble('(module (func (export "_start") (loop (br 0))))'))
    taken = subject.of_module(file, None, [], tmp_path)
    short = replace(taken.conditions, run_limits=RunLimits(seconds=0.3))
    with pytest.raises(CheckError, match=r"it loops, or needs more than 0\.3 s"):
        sampled.measure(replace(taken, conditions=short), tmp_path, 0.1)


def test_samples_are_not_compared_with_instructions(
    tmp_path: Path, assemble: Assemble, capsys: pytest.CaptureFixture[str]
) -> None:
    file, old = tmp_path / "it.wasm", tmp_path / "old.json"
    file.write_bytes(assemble('(module (func (export "_start")))'))
    assert main(["hotspots", str(file), "--format", "json", "--out", str(old)]) == 0
    assert main(["hotspots", str(file), "--sample", "0.1", "--diff", str(old)]) == 2
    assert "it has instructions, and this has samples" in capsys.readouterr().err


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "601", "x"])
def test_a_time_that_is_none(seconds: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["hotspots", "it.wasm", f"--sample={seconds}"])
    assert "a number from 0.01 to 600" in capsys.readouterr().err

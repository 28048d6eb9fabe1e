"""`wasmtrim verify`: the verdict as text or JSON, and its exit status."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from wasmtrim.cli.main import main
from wasmtrim.sizes import sha256

Assemble = Callable[..., Path]
PROFILE = """
module: module.wasm
contract: {exports: {add: "func(i32, i32) -> i32"}}
smoke: {call: {export: add, args: [2, 3], returns: [5]}}
"""
ADD = '(module (func (export "add") (param i32 i32) (result i32) (i32.add {} (local.get 1))))'


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: Assemble) -> Path:
    folder = tmp_path / "config" / "profiles"
    folder.mkdir(parents=True)
    (folder / "sum.yaml").write_text(PROFILE)
    module(ADD.format("(local.get 0)"))
    module(ADD.format("(i32.const 1)"), "wrong.wasm")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_module_that_keeps_its_profile(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "module.wasm", "--profile", "sum"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines[:-1]] == [
        ["ok", "features"],
        ["ok", "imports"],
        ["ok", "exports"],
        ["ok", "run"],
        ["ok", "returns"],
    ]
    assert lines[-1] == "sum: all hold"


def test_a_module_that_does_not(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "wrong.wasm", "--profile", "sum"]) == 1
    out = capsys.readouterr().out
    assert "FAIL  returns   [4], expected are [5]\n" in out
    folder = f"build/verify/sum-{sha256((project / 'wrong.wasm').read_bytes())[:8]}"
    assert out.endswith(f"sum: 1 of 5 fail\nwhat the run wrote lies in {folder}\n")


def test_verdicts_at_once_do_not_mix(project: Path) -> None:
    """A bad module isn't judged by what a good one wrote, though both are of one profile."""
    wasmtrim = [sys.executable, "-m", "wasmtrim.cli.main", "verify", "--profile", "sum"]
    with ThreadPoolExecutor(4) as pool:
        names = ("module.wasm", "wrong.wasm") * 4
        runs = pool.map(lambda name: subprocess.run([*wasmtrim, name], cwd=project), names)
    assert [run.returncode for run in runs] == [0, 1] * 4


def test_json_and_standard_input(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = io.BytesIO((project / "wrong.wasm").read_bytes())
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(data))
    assert main(["verify", "-", "--profile", "sum", "--json"]) == 1
    verdict = json.loads(capsys.readouterr().out)
    assert (verdict["schema"], verdict["profile"], verdict["ok"]) == (1, "sum", False)
    assert set(verdict["checks"][0]) == {"name", "ok", "judged", "detail"}


@pytest.mark.parametrize(
    ("name", "profile", "says"),
    [("missing.wasm", "sum", "missing.wasm: No such file"), ("module.wasm", "sun", "sum")],
)
def test_a_wrong_request(
    name: str, profile: str, says: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", name, "--profile", profile]) == 2
    assert says in capsys.readouterr().err


def test_a_file_that_is_too_large_is_not_read(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (project / "large.wasm").open("wb") as file:
        file.truncate(65 << 20)
    assert main(["verify", "large.wasm", "--profile", "sum"]) == 1
    assert "large.wasm: more than 67,108,864 bytes" in capsys.readouterr().err

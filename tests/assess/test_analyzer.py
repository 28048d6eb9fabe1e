"""What Go's own tools say of the analyzer's text, and that its module is pinned."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from wasmtrim.assess import analysis
from wasmtrim.toolchain import Locator

ANALYZER = Path(analysis.__file__).parent / "analyzer"


def test_vet_and_format(locator: Locator) -> None:
    go = locator.find("go")
    env = {**os.environ, **go.env, "GOFLAGS": "-mod=readonly", "GOTOOLCHAIN": "local"}
    vet = subprocess.run([*go.argv, "vet", "."], cwd=ANALYZER, env=env, capture_output=True)
    assert vet.returncode == 0, vet.stderr.decode()
    gofmt = Path(go.argv[0]).with_name("gofmt")
    argv: list[str | Path] = [gofmt, "-l", ANALYZER, Path(__file__).parent]
    formatted = subprocess.run(argv, capture_output=True, text=True, check=True)
    assert formatted.stdout == ""


def test_the_versions_are_pinned() -> None:
    assert "golang.org/x/tools v0." in (ANALYZER / "go.mod").read_text()
    assert "golang.org/x/tools v0." in (ANALYZER / "go.sum").read_text()

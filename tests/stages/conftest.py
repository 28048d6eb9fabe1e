"""Stages to run alone, on real programs and on stand-ins that fail."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import wasmtime
from tests.stages import generated

from wasmtrim import wasm
from wasmtrim.stages import execution
from wasmtrim.stages.execution import StageResult
from wasmtrim.stages.registry import STAGES
from wasmtrim.toolchain import Locator, Tool

PANICS = Path(__file__).parent / "panics"

Run = Callable[..., StageResult]
Program = Callable[[str], Tool]


@pytest.fixture
def run(locator: Locator, tmp_path: Path) -> Run:
    """Runs a stage: `run("strip", module, keep=("name",))`; `program` stands in for its own."""

    def stage(
        name: str,
        module: bytes,
        features: tuple[str, ...] = (),
        *,
        program: Tool | None = None,
        timeout: float = 60,
        **settings: Any,
    ) -> StageResult:
        stage = STAGES[name]
        return execution.run(
            stage,
            stage.Settings(**settings),
            module,
            features,
            tool=program or locator.find(stage.PROGRAM),
            wasm_tools=locator.find("wasm-tools"),
            timeout=timeout,
            folder=tmp_path / "work",
        )

    return stage


@pytest.fixture
def stand_in(tmp_path: Path) -> Program:
    """Writes a shell script that stands in for a stage's program; it finds `in.wasm`."""

    def write(script: str) -> Tool:
        path = tmp_path / "stand-in"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        digest = hashlib.sha256(script.encode()).hexdigest()
        return Tool("wasm-opt", (str(path),), "132", True, "a test", digest)

    return write


def build(go: str, into: Path, environment: dict[str, str] | None = None) -> bytes:
    variables = {"GOOS": "wasip1", "GOARCH": "wasm", "GOTOOLCHAIN": "local", "GOWORK": "off"}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = os.environ | {"PATH": path, "GOFLAGS": ""} | variables | (environment or {})
    argv = [go, "build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w", "-o"]
    subprocess.run([*argv, str(into), "."], check=True, cwd=PANICS, env=env)
    return into.read_bytes()


@pytest.fixture(scope="session")
def panics(tmp_path_factory: pytest.TempPathFactory) -> wasm.Module:
    """The program in PANICS, by the pinned Go."""
    return wasm.read(build("go", tmp_path_factory.mktemp("panics") / "panics.wasm"))


@pytest.fixture(scope="session")
def engine() -> wasmtime.Engine:
    """Runs what `wasm-tools smith` makes."""
    return generated.engine()

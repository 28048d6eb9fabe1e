"""Stages to run alone, on real programs and on stand-ins that fail."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wasmtrim.stages import STAGES, execution
from wasmtrim.stages.execution import StageResult
from wasmtrim.toolchain import Locator, Tool

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

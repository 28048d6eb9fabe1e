"""A release compares the compiled module and the one that ships on generated inputs."""

from __future__ import annotations

import json

import pytest
from tests.scons.project import PROFILE, Project

from wasmtrim.cli.main import main


def test_the_record_tells_of_the_runs(project: Project) -> None:
    project.profile("hello", PROFILE + "differ: {runs: 4}\n")
    project.scons("release")
    record = json.loads((project.root / "dist" / "hello.verify.json").read_text())
    assert record["checks"][-1]["name"] == "same on generated inputs"
    assert record["checks"][-1]["detail"] == "4 runs"


def test_the_last_measured_strength_is_told(
    built: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(built.root)
    measure = ["verify", "dist/hello.wasm", "--profile", "hello", "--mutants", "4", "--record"]
    assert main(measure) == 0
    told = built.scons("release").stdout
    file = built.root / "config" / "strength" / "hello.json"
    kept = json.loads(file.read_text())
    assert built.verdict("hello")["strength"] == kept
    found, shown = kept["found_by_cases"], kept["found_by_generated_inputs"]
    line = f"not judged: strength: the cases find {found} of {found + shown} faults, "
    assert line in " ".join(told.split())
    assert "earlier module" not in told

    file.write_text(file.read_text().replace(kept["sha256"], "0" * 64))
    built.scons("release")
    assert built.verdict("hello")["checks"][-1]["detail"].endswith("measured for an earlier module")


def test_a_broken_figure_of_strength_is_named(built: Project) -> None:
    built.write({"config/strength/hello.json": "{}"})
    said = built.scons("release", status=2).stderr
    assert "config/strength/hello.json" in said
    assert "wasmtrim verify --mutants N --record" in said

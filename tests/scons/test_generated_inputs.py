"""A release compares the compiled module and the one that ships on generated inputs."""

from __future__ import annotations

import json

from tests.scons.project import PROFILE, Project


def test_the_record_tells_of_the_runs(project: Project) -> None:
    project.profile("hello", PROFILE + "differ: {runs: 4}\n")
    project.scons("release")
    record = json.loads((project.root / "dist" / "hello.verify.json").read_text())
    assert record["checks"][-1]["name"] == "same on generated inputs"
    assert record["checks"][-1]["detail"] == "4 runs"

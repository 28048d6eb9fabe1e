"""A clock that jumps: neither what is built nor when it is built again depends on the time."""

from __future__ import annotations

import os

import pytest
from tests.scons.project import Project

YEAR = 365 * 86_400


@pytest.mark.parametrize("second", [0, 100 * YEAR], ids=["1970", "2069"])
def test_files_of_another_time_build_nothing(built: Project, second: int) -> None:
    for path in built.root.rglob("*"):
        if path.is_file():
            os.utime(path, (second, second))
    ended = built.scons("release")
    assert not ended.steps
    assert "passed" in ended.stdout


def test_a_change_from_the_past_is_one(built: Project) -> None:
    built.edit("config/profiles/hello.yaml", "smoke:", "optimize: {level: s}\nsmoke:")
    os.utime(built.root / "config" / "profiles" / "hello.yaml", (0, 0))
    assert "optimize hello-optimize" in built.scons("release").steps

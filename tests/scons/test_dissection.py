"""What a module is made of is known even where it fails, and costs nobody who doesn't ask."""

from __future__ import annotations

import json

from tests.scons.project import PROFILE, Project

from wasmtrim.sizes import sha256

STRIP = PROFILE + "stages: [strip]\nstrip: {keep: [name]}\n"


def test_a_module_that_fails_is_taken_apart_all_the_same(project: Project) -> None:
    project.profile("hello", STRIP.replace("hello\\n", "good bye\\n"))
    project.scons(status=2)

    known = json.loads((project.root / "dist/hello.breakdown.json").read_text())
    [shipped] = (project.root / "build/stages").glob("hello-strip-*.wasm")
    assert known["module"] == sha256(shipped.read_bytes())
    names = [row[0] for row in known["breakdown"]["functions"]]
    assert names == ["start", "spare"]
    told = json.loads((project.root / "dist/report/report.json").read_text())
    assert sum(told["profiles"][0]["sections"].values()) == shipped.stat().st_size


def test_who_asks_for_the_module_alone_gets_it_alone(project: Project) -> None:
    project.profile("hello", STRIP)
    project.scons("dist/hello.wasm")

    assert not (project.root / "dist/hello.breakdown.json").exists()


def test_who_asks_for_a_module_that_fails_alone_gets_its_verdict_alone(project: Project) -> None:
    project.profile("hello", STRIP.replace("hello\\n", "good bye\\n"))
    project.scons("dist/hello.wasm", status=2)

    assert (project.root / "dist/hello.verify.json").exists()
    assert not (project.root / "dist/hello.breakdown.json").exists()


def test_verifications_begin_before_what_is_short_and_waits_for_nothing_else(
    project: Project,
) -> None:
    project.profile("first", STRIP)
    project.profile("last", STRIP)
    commands = project.scons().commands

    told = ["verify last.verify", "verify first.verify", "analyze last.breakdown"]
    assert [each for each in commands if each in told] == told
    assert commands.index("write first.sizes") < commands.index("verify last.verify")


def test_nothing_is_done_again_where_nothing_changed(project: Project) -> None:
    project.profile("hello", STRIP)
    project.scons()

    assert project.scons().commands == []

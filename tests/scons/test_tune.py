"""`scons tune`: the recipe that it finds goes into the profile, and the release uses it."""

from __future__ import annotations

import json

import pytest
from tests.scons.project import GO, GO_PROFILE, PROFILE, Project

METRIC = "# by hand\nmetric: raw\noptimize:\n  level: s      # fast\n"


def test_the_recipe_goes_into_the_profile_and_the_release_uses_it(project: Project) -> None:
    project.profile("hello", PROFILE + METRIC)
    file = project.root / "config" / "profiles" / "hello.yaml"
    before = file.read_text()
    shown = project.scons("tune", "profile=hello", "budget=2").stdout
    assert "scons tune --write puts it into the profile" in shown
    assert "+    options:" in shown
    assert file.read_text() == before
    project.scons("tune", "profile=hello", "budget=2", "--write")
    after = file.read_text()
    kept = [line for line in after.splitlines() if line in before.splitlines()]
    assert kept == before.splitlines()
    record = json.loads((project.root / "dist" / "hello.tuning.json").read_text())
    assert record["tried"] == 2
    assert record["size"] <= record["oz"]
    assert any("same at each stage" in line for line in record["proof"])
    project.scons("release")
    assert project.stage("hello", "layout")["sha256"] == record["sha256"]
    file.write_text(after.replace('wasm_opt: "132"', 'wasm_opt: "99"'))
    told = project.scons("release").tells("hello")
    assert "the recipe was found with wasm-opt 99, and this is 132; `scons tune` searches" in told


def test_all_profiles_with_a_metric_are_tuned_one_after_the_other(project: Project) -> None:
    for name in ("one", "two"):
        project.profile(name, PROFILE + METRIC)
    project.profile("plain", PROFILE)
    told = project.scons("tune", "-j2", "budget=2", "--write").stdout
    lines = [line.split(":")[0] for line in told.splitlines() if " bytes by raw" in line]
    assert sorted(lines) == ["one", "two"]
    wrote = [line for line in told.splitlines() if line.startswith("wrote ")]
    assert sorted(wrote) == [f"wrote config/profiles/{name}.yaml" for name in ("one", "two")]
    assert not (project.root / "dist" / "plain.tuning.json").exists()
    again = project.scons("tune", "budget=2", "--write").stdout
    assert again.count(".yaml asks for this already: nothing to write") == 2


def test_a_request_that_is_wrong_is_told(project: Project) -> None:
    project.profile("hello", PROFILE)
    said = project.scons("tune", "profile=hello", status=2).stderr
    assert "hello: the profile has no `metric`: raw, gzip or brotli" in said
    said = project.scons("tune", status=2).stderr
    assert "no profile has a `metric`: raw, gzip or brotli" in said
    said = project.scons("tune", "profile=helo", status=2).stderr
    assert "profile=helo: no such profile; did you mean 'hello'?" in said
    project.profile("hello", PROFILE + "metric: raw\n")
    said = project.scons("tune", "profile=hello", "scheduler=tcp://10.0.0.1:1", status=2).stderr
    assert "scheduler tcp://10.0.0.1:1: name tls://HOST:PORT" in said


@pytest.mark.long
def test_the_compiler_s_flags_go_into_the_profile(project: Project) -> None:
    """By standard Go, whose other garbage collector is smaller."""
    project.write(GO)
    compiler = "compiler:\n  name: go\n"
    text = GO_PROFILE.replace("compiler: {name: go}\n", compiler).replace("stages: [compile]\n", "")
    project.profile("hello", f"{text}metric: raw\n")
    told = project.scons("tune", "profile=hello", "budget=2", "--write").stdout
    assert "compiler: experiment: [nogreenteagc]" in told
    after = (project.root / "config" / "profiles" / "hello.yaml").read_text()
    assert "compiler:\n  experiment: [nogreenteagc]\n  name: go\n" in after
    record = json.loads((project.root / "dist" / "hello.tuning.json").read_text())
    project.scons("release")
    assert project.stage("hello", "layout")["sha256"] == record["sha256"]

"""A release by TinyGo, by a stand-in that takes its flags and builds with Go; and the fallback."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.scons.project import SCONSTRUCT, Project
from tests.stand_ins import tinygo as stand_in
from tests.stand_ins.tinygo import Settings

GO = {
    "guest/go.mod": "module example.com/guest\n\ngo 1.22\n",
    "guest/main.go": "package main\n\nfunc main() { println(1) }\n",
    "guest/other.go": "//go:build !tinygo\n\npackage main\n",
}
PROFILE = """\
source: guest
compiler: {name: tinygo, fallback: true, gc: leaking}
stages: [compile]
contract:
  imports: {"wasi_snapshot_preview1.*": any}
  exports: {_start: func(), memory: memory}
limits:
  raw: {tinygo: 100 KiB}
"""
Install = Callable[..., dict[str, str]]


@pytest.fixture
def guest(tmp_path: Path) -> Project:
    """A project with a Go program, whose TinyGo comes from PATH or not at all."""
    made = Project(tmp_path / "project")
    pins = "programs: {tinygo: {sources: [path]}}\n"
    made.write({"SConstruct": SCONSTRUCT, "config/toolchain.yaml": pins, **GO})
    made.profile("guest", PROFILE)
    return made


@pytest.fixture
def install(tmp_path: Path) -> Install:
    """Gives the environment with a TinyGo on PATH that logs what it is asked."""

    def on_path(**settings: object) -> dict[str, str]:
        real = stand_in.install(tmp_path / "real", Settings(**settings))  # type: ignore[arg-type]
        logging = tmp_path / "bin" / "tinygo"
        logging.parent.mkdir(exist_ok=True)
        logging.write_text(f'#!/bin/sh\necho "$1" >> {tmp_path}/asked\nexec {real} "$@"\n')
        logging.chmod(0o755)
        return {"PATH": f"{logging.parent}:/usr/bin:/bin"}

    return on_path


@pytest.fixture
def asked(tmp_path: Path) -> Callable[[], list[str]]:
    """Lists what TinyGo was asked, but for its version: another build may forget that one."""
    return lambda: [w for w in (tmp_path / "asked").read_text().split() if w != "version"]


def test_a_release(guest: Project, install: Install, asked: Callable[[], list[str]]) -> None:
    guest.edit("config/profiles/guest.yaml", "raw: {tinygo: 100 KiB}", "raw: 3 MiB")
    env = install()
    ended = guest.scons("dist/guest.wasm", "dist/guest.sizes.json", env=env)
    record = guest.sizes("guest")
    assert record["compiler"] == {"name": "tinygo", "version": "0.41.1", "fallback": False}
    assert record["features"] == [
        "bulk-memory",
        "mutable-globals",
        "nontrapping-fptoint",
        "sign-ext",
    ]
    link, compiled = record["stages"]
    assert (link["name"], compiled["name"]) == ("link", "compile")
    assert link["raw"] > compiled["raw"]
    assert "-gc=leaking" in compiled["argv"]
    assert 'takes no -ldflags "-s -w"' in ended.tells("guest")
    assert asked() == ["info", "build", "build"]
    located = ["env", "build"]  # a debug build for attribution, which a whole release has
    assert guest.scons(env=env).did("compile") == 0
    assert asked()[3:] == located, "what it said is remembered"
    assert guest.scons(env=env).commands == []
    guest.edit("guest/main.go", "println(1)", "println(2)")
    assert guest.scons(env=env).did("compile") == 1
    assert asked()[5:] == ["build", *located], "the refusal is, too"


@pytest.mark.long
def test_a_limit_of_tinygo_s_holds(guest: Project, install: Install) -> None:
    ended = guest.scons(status=2, env=install(takes_s_w=True))
    assert "size raw: " in ended.stderr
    assert guest.shipped() == set()


def test_a_component_that_tinygo_makes_is_trimmed(guest: Project, install: Install) -> None:
    guest.edit("config/profiles/guest.yaml", "fallback: true", "fallback: false, target: wasip2")
    guest.edit("config/profiles/guest.yaml", "stages: [compile]", "stages: [compile, trim]")
    guest.scons("dist/guest.sizes.json", env=install())
    assert [stage["name"] for stage in guest.sizes("guest")["stages"]][-2:] == ["compile", "trim"]


def test_the_builder_alone(guest: Project, install: Install) -> None:
    guest.write(
        {
            "SConstruct": "import wasmtrim\n"
            "env = Environment(tools=[wasmtrim.generate])\n"
            "env.TinyGo('g.wasm', 'guest', TINYGO_GC='leaking', TINYGO_STACK_SIZE='64 KiB',\n"
            "           TINYGO_TAGS='one two', TINYGO_TIMEOUT=300)\n"
        }
    )
    guest.scons(env=install(takes_s_w=True))
    argv = json.loads((guest.root / "g.stage.json").read_text())["argv"]
    assert argv[2:6] == ["-target=wasip1", "-gc=leaking", "-stack-size=65536B", "-tags=one two"]
    assert guest.scons(env=install(takes_s_w=True)).commands == []


def test_a_go_that_does_not_fit_is_told_in_one_line(guest: Project, install: Install) -> None:
    ended = guest.scons(status=2, env=install(go_to="1.25"))
    (line,) = [line for line in ended.stderr.splitlines() if "accepts Go" in line]
    assert "pin 1.25.5 in config/toolchain.yaml" in line
    assert len(ended.stderr.strip().splitlines()) == 1


def test_standard_go_stands_in_and_every_word_says_so(guest: Project) -> None:
    found = "{options: [-O1], wasm_opt: '132', metric: raw, gain: 1, seed: 1, date: 2026-11-28"
    guest.profile("guest", f"{PROFILE}optimize: {{recipe: {found}, compiler: tinygo}}}}\n")
    ended = guest.scons(env={"PATH": "/usr/bin:/bin"})
    record = guest.sizes("guest")
    assert record["compiler"]["name"] == "go"
    assert record["compiler"]["fallback"]
    assert record["notes"][0].startswith("standard Go stands in for TinyGo 0.41.1")
    unused = "the recipe is for the module that tinygo builds, so -Oz is used"
    assert record["notes"][0].endswith(unused)
    assert ended.tells("guest").startswith("guest  go 1.26.6 (fallback)\n")
    (raw,) = [check for check in guest.verdict("guest")["checks"] if check["name"] == "size raw"]
    assert (raw["ok"], raw["judged"]) == (True, False)
    assert guest.shipped() == {"guest"}


def test_a_profile_may_refuse_the_fallback(guest: Project) -> None:
    guest.edit("config/profiles/guest.yaml", "fallback: true", "fallback: false")
    ended = guest.scons(status=2, env={"PATH": "/usr/bin:/bin"})
    assert "tinygo 0.41.1 is not available" in ended.stderr
    assert ended.commands == []


@pytest.mark.long
def test_a_tinygo_that_comes_later_is_taken(guest: Project, install: Install) -> None:
    guest.edit("config/profiles/guest.yaml", "raw: {tinygo: 100 KiB}", "raw: 3 MiB")
    guest.scons(env={"PATH": "/usr/bin:/bin"})
    guest.scons(env=install(takes_s_w=True))
    assert guest.sizes("guest")["compiler"]["name"] == "tinygo"
    assert not any("stands in" in note for note in guest.sizes("guest")["notes"])


def test_a_release_by_tinygo_itself(guest: Project) -> None:
    """Where there is one, with a Go that it takes in WASMTRIM_GO."""
    named = {name: os.environ.get(name) for name in ("WASMTRIM_TINYGO", "WASMTRIM_GO")}
    named["WASMTRIM_TINYGO"] = named["WASMTRIM_TINYGO"] or shutil.which("tinygo")
    if not named["WASMTRIM_TINYGO"]:
        pytest.skip("no TinyGo: neither WASMTRIM_TINYGO nor PATH has one")
    env = {name: path for name, path in named.items() if path}
    guest.edit("config/profiles/guest.yaml", "stages: [compile]\n", "smoke: {}\n")
    guest.edit("config/profiles/guest.yaml", "gc: leaking", "gc: leaking, scheduler: none")
    ended = guest.scons(env=env)
    stages = [stage["name"] for stage in guest.sizes("guest")["stages"]]
    assert stages == ["link", "compile", "prune", "strip", "optimize"]
    assert len(guest.module("guest")) < 20_000
    assert "passed: " in ended.tells("guest")
    assert guest.scons(env=env).commands == []

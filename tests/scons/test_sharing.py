"""Profiles that ask for the same share the work; one that fails leaves the others be."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.scons.project import PROFILE, SCONSTRUCT, WASM_STRIP, Project

from wasmtrim import sizes
from wasmtrim.scons.build import Build

# With its names, so that it has no unstripped build.
STRIP = PROFILE + "stages: [strip]\nstrip: {keep: [name]}\n"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log"


@pytest.fixture
def env(tmp_path: Path, log: Path) -> dict[str, str]:
    """The environment with a wasm-strip that writes a line each time it strips."""
    program = tmp_path / "bin" / "wasm-strip"
    program.parent.mkdir()
    line = f'[ "$1" = --version ] || echo "$@" >> {log}'
    program.write_text(f'#!/bin/sh\n{line}\nexec {WASM_STRIP} "$@"\n')
    program.chmod(0o755)
    return {"WASMTRIM_WASM_STRIP": str(program)}


def runs(log: Path) -> int:
    return len(log.read_text().splitlines())


def test_equal_profiles_share_every_node(project: Project, log: Path, env: dict[str, str]) -> None:
    project.profile("one", STRIP)
    project.profile("two", STRIP)
    ended = project.scons("-j2", env=env)
    assert (runs(log), ended.did("strip"), ended.did("run")) == (1, 1, 2)
    assert project.module("one") == project.module("two")


def test_equal_modules_under_two_names_are_stripped_once(
    project: Project, log: Path, env: dict[str, str]
) -> None:
    project.write({"copy.wasm": (project.root / "hello.wasm").read_bytes()})
    project.profile("one", STRIP)
    project.profile("two", STRIP.replace("hello.wasm", "copy.wasm"))
    ended = project.scons("-j2", env=env)
    assert (runs(log), ended.did("strip")) == (1, 2)


def test_other_settings_are_other_work(project: Project, log: Path, env: dict[str, str]) -> None:
    project.profile("one", STRIP)
    project.profile("two", STRIP.replace("[name]", "[name, producers]"))
    project.scons("-j2", env=env)
    assert runs(log) == 2


def test_clones_share_stages_by_a_cache_that_is_checked(
    project: Project, tmp_path: Path, log: Path, env: dict[str, str]
) -> None:
    """A clone runs no program; what was damaged in the cache is told, and made again."""
    cache = tmp_path / "cache"
    cached = SCONSTRUCT.replace("env.WasmRelease", f'CacheDir("{cache}")\nenv.WasmRelease')
    project.write({"SConstruct": cached})
    project.profile("hello", STRIP)
    second, third, fourth = (project.copy(tmp_path / name) for name in ("2nd", "3rd", "4th"))
    project.scons(env=env)
    assert second.scons(env=env).commands == []
    assert runs(log) == 1
    (stage,) = (project.root / "build/stages").glob("hello-strip-*.wasm")
    whole = stage.read_bytes()
    for entry in cache.rglob("*"):
        if entry.is_file() and entry.read_bytes() == whole:
            entry.write_bytes(whole[:-1] + b"\x7f")
    ended = third.scons(env=env)
    told = "its copy in the cache is not what was put there, so it is made again"
    assert f"wasmtrim: build/stages/{stage.name}: {told}\n" in ended.stderr
    assert (runs(log), ended.did("strip")) == (2, 1)
    assert third.module("hello") == project.module("hello")
    ended = fourth.scons(env=env)
    assert (runs(log), ended.commands, ended.stderr) == (2, [], "")


def truncate(entry: Path, other: Path) -> None:
    entry.write_bytes(entry.read_bytes()[:8])


def empty(entry: Path, other: Path) -> None:
    entry.write_bytes(b"")


def swap(entry: Path, other: Path) -> None:
    theirs = other.read_bytes()
    other.write_bytes(entry.read_bytes())
    entry.write_bytes(theirs)


def link(entry: Path, other: Path) -> None:
    entry.unlink()
    entry.symlink_to(other)


def folder(entry: Path, other: Path) -> None:
    entry.unlink()
    entry.mkdir()


def pipe(entry: Path, other: Path) -> None:
    entry.unlink()
    os.mkfifo(entry)


@pytest.mark.long
@pytest.mark.parametrize("poison", [truncate, empty, swap, link, folder, pipe])
def test_nothing_that_was_not_put_there_comes_out_of_the_cache(
    project: Project,
    tmp_path: Path,
    poison: Callable[[Path, Path], None],
) -> None:
    cache = tmp_path / "cache"
    cached = SCONSTRUCT.replace("env.WasmRelease", f'CacheDir("{cache}")\nenv.WasmRelease')
    project.write({"SConstruct": cached})
    project.profile("hello", STRIP)
    second = project.copy(tmp_path / "2nd")
    project.scons()
    (stage,) = (project.root / "build/stages").glob("hello-strip-*.wasm")
    files = {entry.read_bytes(): entry for entry in cache.rglob("*") if entry.is_file()}
    entry = files.pop(stage.read_bytes())
    poison(entry, max(files.values(), key=lambda each: each.stat().st_size))
    ended = second.scons()
    assert ("so it is made again" in ended.stderr) == (poison not in (folder, pipe))
    assert second.module("hello") == project.module("hello")


def test_one_profile_that_fails_leaves_the_others_built(project: Project) -> None:
    project.write({"broken.wasm": b"\0asm\1\0\0\0\7"})
    project.profile("broken", STRIP.replace("hello.wasm", "broken.wasm"))
    project.profile("fine", STRIP)
    project.profile("wrong", STRIP.replace("hello\\n", "other\\n"))
    ended = project.scons("-k", status=2)
    assert "not built: " in ended.tells("broken")
    assert "passed: " in ended.tells("fine")
    assert "failed: 1 of 6 checks: output" in ended.tells("wrong")
    summary = "3 profiles: 1 passed, 1 failed (wrong), 1 not built (broken)"
    assert summary in ended.stdout
    assert project.shipped() == {"fine"}


def test_without_k_what_was_not_reached_is_said(project: Project) -> None:
    project.write({"broken.wasm": b"\0asm\1\0\0\0\7"})
    project.profile("a-broken", STRIP.replace("hello.wasm", "broken.wasm"))
    project.profile("b-fine", STRIP)
    ended = project.scons(status=2)
    assert "not built: not reached: the build stopped before" in ended.tells("b-fine")


def test_a_profile_that_passed_before_is_not_built_once_a_stage_fails(project: Project) -> None:
    project.profile("hello", STRIP)
    assert "passed: " in project.scons().tells("hello")
    project.write({"hello.wasm": b"\0asm\1\0\0\0\7"})
    told = project.scons(status=2).tells("hello")
    assert "not built: " in told
    assert "passed: " not in told


def test_one_profile_of_several(project: Project) -> None:
    project.profile("alpha", STRIP)
    project.profile("beta", STRIP)
    ended = project.scons("profile=beta")
    assert project.shipped() == {"beta"}
    assert "alpha" not in ended.stdout


def test_the_same_by_its_target(project: Project) -> None:
    project.profile("one", STRIP)
    project.profile("two", STRIP)
    project.scons("dist/two.wasm")
    assert project.shipped() == {"two"}


@pytest.mark.parametrize("target", ["dist", "ship", "#dist/beta.wasm"])
def test_the_verdict_is_told_by_whatever_name_it_was_asked_for(
    project: Project, target: str
) -> None:
    project.write({"SConstruct": SCONSTRUCT + "Alias('ship', 'dist/beta.wasm')\n"})
    project.profile("beta", STRIP)
    assert "passed: " in project.scons(target).tells("beta")
    assert "passed: " in project.scons(target).tells("beta"), "where nothing was to do, too"


def test_equal_modules_are_weighed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stage that finds nothing to do gives the module before."""
    weighed: list[str] = []

    def quick(module: bytes) -> int:
        weighed.append("brotli")
        return len(module)

    def gzip(module: bytes) -> bytes:
        weighed.append("gzip")
        return module

    monkeypatch.setattr(sizes, "quick", quick)
    monkeypatch.setattr(sizes, "gzip", gzip)
    build = Build(tmp_path, verbose=False)
    assert build.weigh(b"module", "gzip") == 6
    assert build.estimated(b"module") == build.estimated(b"module")
    assert weighed == ["gzip", "brotli"]

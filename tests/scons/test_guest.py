"""This project's own release, made once and looked at by all tests here."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest
from tests.scons.project import Ended, Project

from wasmtrim.compilers import go
from wasmtrim.profile import load

ROOT = Path(__file__).parents[2]
# It takes minutes, and CI makes a release of its own.
pytestmark = pytest.mark.long
PROFILES = {path.stem for path in (ROOT / "config" / "profiles").glob("*.yaml")}


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, Ended]:
    """A copy of this project, released; and what that printed."""
    project = Project(tmp_path_factory.mktemp("release") / "project")
    for folder in ("config", "guest", "site_scons"):
        ignored = shutil.ignore_patterns("__pycache__", "*.wasm", ".mypy_cache")
        shutil.copytree(ROOT / folder, project.root / folder, ignore=ignored)
    shutil.copy(ROOT / "SConstruct", project.root)
    # Without TinyGo, wherever the tests run: Go's release is the longer one.
    pins = project.root / "config" / "toolchain.yaml"
    if not pins.exists():
        pins.write_text("programs: {tinygo: {sources: [path]}}\n")
    return project, project.scons("release", "-j2", env={"PATH": "/usr/bin:/bin"})


def test_every_profile_passes(release: tuple[Project, Ended]) -> None:
    project, ended = release
    assert project.shipped() == PROFILES
    for name in PROFILES:
        assert project.verdict(name)["ok"]
        assert "passed: " in ended.tells(name)
    assert f"{len(PROFILES)} profiles: {len(PROFILES)} passed" in ended.stdout


def test_every_record_is_of_the_module_that_ships(release: tuple[Project, Ended]) -> None:
    project, _ = release
    for name in PROFILES:
        shipped = project.sizes(name)["stages"][-1]
        module = project.module(name)
        assert shipped["sha256"] == hashlib.sha256(module).hexdigest()
        assert shipped["raw"] == len(module)
        assert shipped["fuel"]


def test_equal_programs_are_compiled_once(release: tuple[Project, Ended]) -> None:
    """Standard Go heeds few of the settings, so that several profiles ask it for the same."""
    project, ended = release
    profiles = [load(name, project.root).profile for name in sorted(PROFILES)]
    asked = {(p.source, *(getattr(p.compiler, key) for key in go.FIELDS)) for p in profiles}
    assert ended.did("compile") == len(asked) < len(PROFILES)


def test_standard_go_has_nothing_to_prune(release: tuple[Project, Ended]) -> None:
    project, _ = release
    record = project.sizes("gif-edge")
    assert (
        "prune: the module exports nothing beyond its contract; the module is unchanged"
        in (record["notes"])
    )
    compiled, pruned = record["stages"][:2]
    assert compiled["sha256"] == pruned["sha256"]


def test_standard_go_s_features_are_found_by_trying(release: tuple[Project, Ended]) -> None:
    project, _ = release
    features = project.sizes("gif-edge")["features"]
    assert {"bulk-memory", "nontrapping-fptoint", "sign-ext"} <= set(features)
    told = project.stage("gif-edge", "optimize")["argv"]
    assert [flag for flag in told if flag.startswith("--enable-")] == [
        f"--enable-{name.replace('fptoint', 'float-to-int')}" for name in features
    ]


def test_a_second_release_does_nothing(release: tuple[Project, Ended]) -> None:
    project, first = release
    before = project.times()
    ended = project.scons("release", env={"PATH": "/usr/bin:/bin"})
    assert ended.commands == []
    assert "`release' is up to date." in ended.stdout
    assert ended.tells("gif-edge") == first.tells("gif-edge")
    assert project.times() == before

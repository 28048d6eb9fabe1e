"""Profiles are read, merged with what they extend, and refused line by line."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path, PurePosixPath

import pytest

from wasmtrim.errors import ConfigError, UsageError
from wasmtrim.profile import STAGES, Profile, Scope, load, names
from wasmtrim.stages import registry

Write = Callable[[str, str], Path]
Loads = Callable[[str], Profile]
Refuses = Callable[[str], list[str]]


def names_of(profile: Profile) -> list[str]:
    """The stages that a profile runs after compile."""
    return [stage.NAME for stage in registry.of(profile)]


def test_a_profile_of_one_line_has_defaults_for_all_else(loads: Loads) -> None:
    profile = loads("source: cmd/plugin")
    assert profile.source == PurePosixPath("cmd/plugin")
    assert profile.stages == STAGES
    assert names_of(profile) == ["prune", "strip", "optimize"]
    assert profile.compiler.name == "tinygo"
    assert profile.smoke == ()


def test_every_key_is_read(loads: Loads) -> None:
    profile = loads("""
        extends: edge
        description: all there is
        source: cmd/plugin
        compiler: {name: tinygo, fallback: true, target: wasip1, buildmode: default, gc: precise,
          scheduler: tasks, panic: print, opt: 2, stack_size: 64 KiB, tags: [a, b.c], debug: false}
        stages: [compile, optimize, strip]
        prune: false
        strip: {keep: [producers]}
        optimize: {level: 3, passes: [--converge, --flatten, -O2, --partial-inlining-ifs=4]}
        timeouts: {compile: 1, prune: 2, strip: 3, optimize: 4}
        contract:
          features: [simd128]
          imports: {env.now_ms: "func()->i64", "wasi_snapshot_preview1.*": null}
          exports: {run: "func(i32,i32) -> i32", memory: "memory(1..16 pages)"}
          other_exports: refuse
        limits: {raw: 1 MB, gzip: null, fuel: {tinygo: 11 M, go: null}, table: 10, seconds: 3}
        smoke:
          input: in.bin
          exit: 3
          expect: {json: {a: [1, null]}}
        clock: {start_ms: 5, step_ms: 0}
        budget:
          - {metric: raw, at_most: 20 KiB}
          - {metric: fuel, scope: stage optimize, growth: 1 k}
          - {metric: brotli, growth_percent: 2, floor: 64 B}
        waivers:
          - {metric: raw, scope: package strconv, extra: 3 KiB, reason: prices are parsed now,
             who: team shop, until: 2027-03-31}
        """)
    assert profile.compiler.opt == "2"
    assert profile.compiler.stack_size == 65_536
    assert names_of(profile) == ["optimize", "strip"]
    assert profile.optimize.level == "3"
    assert profile.contract.imports == {"env.now_ms": "func() -> i64"}
    assert profile.contract.exports["run"] == "func(i32, i32) -> i32"
    (case,) = profile.smoke
    assert case.expect
    assert (case.expect.kind, case.expect.json_) == ("json", {"a": [1, None]})
    assert [entry.gates for entry in profile.budget] == [True, True, False]
    assert profile.budget[1].scope == Scope("stage", "optimize")
    assert profile.budget[1].growth == 1000
    assert profile.waivers[0].until == date(2027, 3, 31)


def test_a_ready_module_skips_compile(loads: Loads) -> None:
    profile = loads("module: vendor/some.wasm")
    assert names_of(profile) == ["prune", "strip", "optimize"]


def test_a_limit_is_judged_for_the_compilers_that_it_names(loads: Loads) -> None:
    limits = loads(
        "source: x\nlimits: {raw: {tinygo: 256 KiB}, gzip: 3 MB, fuel: {go: null}}"
    ).limits
    assert (limits.raw.for_compiler("tinygo"), limits.raw.judged("tinygo")) == (262_144, True)
    assert (limits.raw.for_compiler("go"), limits.raw.judged("go")) == (None, False)
    assert (limits.raw.for_compiler(None), limits.raw.judged(None)) == (262_144, True)
    assert (limits.gzip.for_compiler("go"), limits.gzip.judged("go")) == (3_000_000, True)
    assert (limits.brotli.for_compiler("go"), limits.brotli.judged("go")) == (None, True)
    assert (limits.fuel.for_compiler("go"), limits.fuel.judged("go")) == (None, True)


# Inheritance


@pytest.mark.parametrize(("says", "metric"), [("metric: gzip", "gzip"), ("", "raw")])
def test_a_budget_without_a_metric_is_in_that_of_the_profile(
    loads: Loads, says: str, metric: str
) -> None:
    profile = loads(f"source: a\n{says}\nbudget: [{{at_most: 9}}, {{metric: fuel, at_most: 8}}]")
    assert [budget.metric for budget in profile.budget] == [metric, "fuel"]


def test_maps_merge_and_all_else_is_replaced(write: Write, tmp_path: Path) -> None:
    write(
        "base",
        """
        extends: edge-strict
        source: a
        compiler: {gc: leaking, tags: [a, b]}
        stages: [compile, strip]
        limits: {raw: 5 kB}
        """,
    )
    write(
        "it",
        """
        extends: base
        source: b
        compiler: {tags: [c]}
        contract: {exports: {_start: null}}
        """,
    )
    profile = load("it", tmp_path).profile
    assert profile.source == PurePosixPath("b")
    assert (profile.compiler.gc, profile.compiler.tags) == ("leaking", ("c",))
    assert profile.stages == ("compile", "strip")
    assert profile.contract.exports == {"memory": "memory"}
    assert profile.limits.raw.for_compiler("go") == 5_000
    assert profile.limits.memory.for_compiler("tinygo") == 10_000_000


def test_each_value_knows_the_file_and_line_that_it_came_from(write: Write, tmp_path: Path) -> None:
    write("base", "extends: edge\nsource: a\ncompiler:\n  gc: leaking")
    file = write("it", "extends: base\ncompiler:\n  tags:\n    - a")
    loaded = load("it", tmp_path)
    assert str(loaded.positions["compiler.gc"]) == "config/profiles/base.yaml:4"
    assert str(loaded.positions["compiler.tags"]) == "config/profiles/it.yaml:3"
    assert loaded.positions["limits.gzip"].file.name == "edge.yaml"
    assert "limits.raw" not in loaded.positions
    assert [f.name for f in loaded.files] == ["it.yaml", "base.yaml", "edge.yaml", "wasip1.yaml"]
    assert loaded.files[0] == file
    assert loaded.name == "it"


def test_a_profile_may_have_the_name_of_its_target(write: Write, tmp_path: Path) -> None:
    write("edge", "extends: edge\nsource: a")
    write("it", "extends: edge")
    assert load("it", tmp_path).profile.source == PurePosixPath("a")
    assert [f.name for f in load("edge", tmp_path).files] == [
        "edge.yaml",
        "edge.yaml",
        "wasip1.yaml",
    ]


def test_a_circle_is_told_with_its_chain(write: Write, tmp_path: Path) -> None:
    write("a", "extends: b\nsource: x")
    write("b", "description: b\nextends: c")
    write("c", "extends: b")
    with pytest.raises(ConfigError) as caught:
        load("a", tmp_path)
    assert str(caught.value) == (
        "config/profiles/c.yaml:1:10: extends: a circle: b -> c -> b;"
        " let one of them extend a target"
    )


def test_a_profile_that_extends_itself_is_a_circle(refuses: Refuses) -> None:
    assert refuses("extends: it\nsource: a") == [
        "1:10: extends: a circle: it -> it; a profile can't extend itself"
    ]


def test_an_unknown_base_is_told_with_the_nearest(refuses: Refuses) -> None:
    assert refuses("extends: edge-stric\nsource: a") == [
        "1:10: extends: no profile 'edge-stric'; did you mean 'edge-strict'? targets are debug,"
        " edge, edge-strict, server, wasip1"
    ]


def test_the_problems_of_every_file_are_told_in_order(write: Write, tmp_path: Path) -> None:
    write("base", "extends: edge\nsorce: a\nprune: 3")
    write("it", "extends: base\nsource: a\nstages: [x]\n")
    with pytest.raises(ConfigError) as caught:
        load("it", tmp_path)
    assert [(p.file.name, p.line, p.key) for p in caught.value.problems] == [
        ("it.yaml", 3, "stages[0]"),
        ("base.yaml", 2, "sorce"),
        ("base.yaml", 3, "prune"),
    ]


# By name and by file


def test_an_unknown_profile_is_told_with_the_nearest(write: Write, tmp_path: Path) -> None:
    write("gif-edge", "source: a")
    write("gif-server", "source: a")
    assert names(tmp_path) == ["gif-edge", "gif-server"]
    with pytest.raises(UsageError) as caught:
        load("gif-egde", tmp_path)
    assert str(caught.value) == (
        "no profile 'gif-egde': did you mean 'gif-edge'? config/profiles has gif-edge, gif-server"
    )


def test_a_profile_is_also_found_by_its_file(tmp_path: Path) -> None:
    file = tmp_path / "elsewhere.yaml"
    file.write_text("source: a")
    assert load("elsewhere.yaml", tmp_path).name == load(file, tmp_path).name == "elsewhere"


@pytest.mark.parametrize("name", ["", ".", "../x", "a\0b", "/", "x" * 5000, "config/profiles"])
def test_what_names_no_file_is_a_request_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError):
        load(name, tmp_path)


def test_a_file_that_has_no_name_for_a_module_is_a_request_error(tmp_path: Path) -> None:
    (tmp_path / "my profile.yaml").write_text("source: a")
    with pytest.raises(UsageError, match="'my profile' is not a name"):
        load("my profile.yaml", tmp_path)


def test_a_profile_outside_the_project_is_refused(tmp_path: Path) -> None:
    (tmp_path / "outside.yaml").write_text("source: a")
    root = tmp_path / "project"
    (root / "config" / "profiles").mkdir(parents=True)
    (root / "config" / "profiles" / "link.yaml").symlink_to(tmp_path / "outside.yaml")
    (root / "config" / "profiles" / "it.yaml").write_text("extends: link")
    with pytest.raises(UsageError, match="outside the project"):
        load("link", root)
    with pytest.raises(UsageError, match="outside the project"):
        load("../outside.yaml", root)
    with pytest.raises(ConfigError, match="'link' lies outside the project"):
        load("it", root)


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("source", "source: {}/x"),
        ("module", "module: {}/x"),
        ("smoke.input", "source: a\nsmoke:\n  input: {}/x"),
        ("smoke.expect.picture", "source: a\nsmoke:\n  expect:\n    picture: {}/x"),
        ("smoke.expect.bytes", "source: a\nsmoke:\n  expect:\n    bytes: {}/x"),
    ],
)
def test_no_link_leads_out_of_the_project(tmp_path: Path, key: str, text: str) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "out").symlink_to(tmp_path)
    (project / "round").symlink_to(project / "round")
    (project / "within").symlink_to(project)
    for link in ("out", "round"):
        (project / "it.yaml").write_text(text.format(link))
        with pytest.raises(ConfigError, match=f"{key}: '{link}/x' leads out of the project"):
            load("it.yaml", project)
    (project / "it.yaml").write_text(text.format("within"))
    load("it.yaml", project)


@pytest.mark.parametrize("kind", ["folder", "FIFO"])
def test_a_profile_that_is_no_file_is_called_what_it_is(kind: str, tmp_path: Path) -> None:
    folder = tmp_path / "config" / "profiles"
    folder.mkdir(parents=True)
    make = os.mkfifo if kind == "FIFO" else os.mkdir
    make(folder / "site.yaml")
    with pytest.raises(UsageError, match=rf"site\.yaml: it is a {kind}; name a file"):
        load("site", tmp_path)


def test_a_profile_with_the_other_suffix_is_told_to_be_renamed(tmp_path: Path) -> None:
    folder = tmp_path / "config" / "profiles"
    folder.mkdir(parents=True)
    (folder / "plugin.yml").write_text("source: cmd/plugin\n")
    with pytest.raises(UsageError, match=r"^config/profiles/plugin.yml: .* rename it$"):
        load("plugin", tmp_path)

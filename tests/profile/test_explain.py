"""A profile is shown as a file that means the same, with where each value came from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from wasmtrim.cli.main import main
from wasmtrim.profile import load, names, schema
from wasmtrim.profile.explain import explain

Write = Callable[[str, str], Path]
ROOT = Path(__file__).resolve().parents[2]


def test_each_value_stands_with_its_origin(write: Write, tmp_path: Path) -> None:
    write("base", "source: a\nlimits: {raw: {tinygo: 1 kB}}")
    write("it", 'extends: base\ncompiler:\n  tags: [x]\ncontract: {imports: {"a.*": any}}')
    rows = [line.split("  # ") for line in explain(load("it", tmp_path)).splitlines()]
    shown = {row[0].rstrip(): row[1:] for row in rows}
    assert shown["source: a"] == ["config/profiles/base.yaml:1"]
    assert shown["  tags: [x]"] == ["config/profiles/it.yaml:3"]
    assert shown["    tinygo: 1000"] == ["config/profiles/base.yaml:2"]
    assert shown['    "a.*": any'] == ["config/profiles/it.yaml:4"]
    assert shown["prune: true"] == ["default"]
    assert shown["compiler:"] == []


@pytest.mark.parametrize(
    "text",
    [
        'smoke: {expect: {text: "a: \'b\' #c\\n\\t\\""}}',
        "smoke: {expect: {json: {a: [1, -2.5, null, true, 'true', '1', {}, 1e300]}}}",
        "smoke: {expect: {json: [{a: 1}]}}",
        "smoke: {call: {export: '', args: [1, 2.0], returns: [-1]}}",
        "description: '😀 no'",
        "contract: {exports: {'no: #': any, on: func}}",
        "budget: [{metric: fuel, growth: 2, scope: stage strip}]",
        "waivers: [{metric: raw, extra: 1, reason: 'prices, dates', who: me, until: 2026-12-31}]",
        "limits: {raw: {go: 5, tinygo: 6}, gzip: {go: null}, seconds: null}",
        "extends: edge\ncontract: {exports: {_start: null}}",
    ],
)
def test_what_is_shown_means_the_same(write: Write, tmp_path: Path, text: str) -> None:
    write("it", f"source: a\n{text}")
    before = load("it", tmp_path)
    write("shown", explain(before))
    after = load("shown", tmp_path).profile
    assert after == before.profile.model_copy(update={"extends": None})


@pytest.mark.parametrize("name", names(ROOT))
def test_the_projects_profiles_are_shown_as_they_are(tmp_path: Path, name: str) -> None:
    before = load(name, ROOT)
    (tmp_path / "shown.yaml").write_text(explain(before))
    after = load("shown.yaml", tmp_path).profile
    assert after == before.profile.model_copy(update={"extends": None})


def test_the_command_prints_a_profile(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    write: Write,
    tmp_path: Path,
) -> None:
    write("it", "source: a")
    monkeypatch.chdir(tmp_path)
    assert main(["profile", "it"]) == 0
    assert capsys.readouterr().out == explain(load("it", tmp_path))


def test_the_command_ends_with_2_where_a_profile_is_wrong(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    write: Write,
    tmp_path: Path,
) -> None:
    write("it", "sorce: a\nsource: b")
    monkeypatch.chdir(tmp_path)
    assert main(["profile", "it"]) == 2
    assert "config/profiles/it.yaml:1:1: sorce: unknown key" in capsys.readouterr().err
    assert main(["profile", "its"]) == 2
    assert "did you mean 'it'?" in capsys.readouterr().err


def test_the_command_prints_the_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["profile", "--schema"]) == 0
    assert capsys.readouterr().out == schema.text()


def test_all_profiles_are_checked_and_each_problem_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "config" / "profiles"
    folder.mkdir(parents=True)
    (folder / "one.yaml").write_text("extends: edge\nmodule: a.wasm\n")
    (folder / "two.yaml").write_text("extends: one\n")
    assert main(["profile", "--check"]) == 0
    assert capsys.readouterr().out == "config/profiles: 2 profiles, nothing wrong\n"

    (folder / "one.yaml").write_text("extends: edge\nmodule: a.wasm\nprun: true\n")
    (folder / "two.yaml").write_text("extends: one\nsorce: a\n")

    assert main(["profile", "--check"]) == 2
    told = capsys.readouterr().err
    assert told.count("prun:") == 1
    assert "sorce:" in told

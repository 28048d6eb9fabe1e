"""What is committed fits the code: targets, profiles, the schema, the manual's tables."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from tests.manual import profiles
from tests.manual.markdown import renewed

from wasmtrim.profile import diagnostics, inherit, load, names, schema
from wasmtrim.profile.inherit import TARGETS

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = TARGETS.parent / "schema" / "profile.json"
MANUAL = ROOT / "docs" / "profiles.md"

IsCurrent = Callable[[Path, str], None]


@pytest.mark.generated
def test_the_schema_is_current(is_current: IsCurrent) -> None:
    is_current(SCHEMA, schema.text())


@pytest.mark.generated
def test_the_manual_is_current(is_current: IsCurrent) -> None:
    is_current(MANUAL, renewed(MANUAL.read_text(), profiles.parts()))


def _files() -> list[Path]:
    return sorted([*TARGETS.glob("*.yaml"), *(ROOT / "config" / "profiles").glob("*.yaml")])


@pytest.mark.parametrize("file", _files(), ids=lambda file: file.stem)
def test_the_schema_accepts_what_the_code_accepts(file: Path) -> None:
    jsonschema.Draft202012Validator.check_schema(schema.schema())
    jsonschema.validate(_without_dates(file), schema.schema())


def _without_dates(file: Path) -> Any:
    return json.loads(json.dumps(yaml.safe_load(file.read_text()), default=str))


@pytest.mark.parametrize(
    "wrong",
    [
        {"sourc": "a"},
        {"stages": ["x"]},
        {"limits": {"raw": "3 mb"}},
        {"limits": {"raw": {"rust": 1}}},
        {"contract": {"imports": {"now": "any"}}},
        {"budget": [{"metric": "size", "at_most": 1}]},
        {"prune": "no"},
    ],
)
def test_the_schema_refuses_what_the_code_refuses(wrong: dict[str, Any]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, schema.schema())


@pytest.mark.parametrize("target", sorted(file.stem for file in TARGETS.glob("*.yaml")))
def test_a_target_lacks_nothing_but_a_source(target: str, tmp_path: Path) -> None:
    inherited = inherit.read(TARGETS / f"{target}.yaml", TARGETS)
    _, problems = diagnostics.validate(inherited.tree)
    assert not [*inherited.problems, *problems]
    (tmp_path / "it.yaml").write_text(f"extends: {target}\nsource: a")
    load("it.yaml", tmp_path)


def test_the_strict_edge_is_judged_for_tinygo_only() -> None:
    limits = load("gif-edge-strict", ROOT).profile.limits
    for limit, value in ((limits.raw, 262_144), (limits.fuel, 11_000_000), (limits.memory, 10**7)):
        assert (limit.for_compiler("tinygo"), limit.judged("go")) == (value, False)


def test_the_shipped_profiles_name_files_that_are_there() -> None:
    assert names(ROOT) == [
        "gif-component", "gif-debug", "gif-edge", "gif-edge-strict", "gif-hostclock", "gif-nn",
        "gif-reactor", "gif-server",
    ]  # fmt: skip
    for name in names(ROOT):
        profile = load(name, ROOT).profile
        assert profile.source
        assert (ROOT / profile.source).is_dir()
        assert profile.smoke
        for case in profile.smoke:
            assert case.input
            assert (ROOT / case.input).is_file()
            if not case.exit:
                assert case.expect
                assert case.expect.picture
                assert (ROOT / case.expect.picture).is_file()


def test_the_debug_profile_keeps_its_names() -> None:
    profile = load("gif-debug", ROOT).profile
    assert (profile.stages, profile.compiler.debug) == (("compile",), True)


def test_the_clock_of_the_host_is_allowed_by_its_profile_only() -> None:
    with_clock = [
        name for name in names(ROOT) if "env.now_ms" in load(name, ROOT).profile.contract.imports
    ]
    assert with_clock == ["gif-hostclock"]
    assert load("gif-hostclock", ROOT).profile.compiler.tags == ("small", "hostclock")

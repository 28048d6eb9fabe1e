from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from importlib import resources
from typing import TYPE_CHECKING

import jsonschema

from wasmtrim import records
from wasmtrim.regression.result import RegressionResult, of_record
from wasmtrim.report import as_json

if TYPE_CHECKING:
    from tests.report.conftest import Dist

SCHEMA = json.loads(resources.files("wasmtrim").joinpath("data/schema/report.json").read_text())


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_every_kind_of_profile_keeps_to_the_schema(
    dist: Dist, grown: RegressionResult, assemble: Callable[[str], bytes]
) -> None:
    dist.passed("edge")
    dist.module("edge", assemble('(module (func $main.run (export "_start")))'))
    dist.judged("edge", grown)
    dist.sizes("ready", compiler=None, fuel=None)
    report = dist.report("edge", "ready", "gone", "broken", broken="wasm-opt: exit status 1")

    content = json.loads(as_json.text(report))

    jsonschema.validate(content, SCHEMA)
    assert content["ok"] is False
    assert [profile["verdict"] for profile in content["profiles"]] == [
        "failed",
        "not built",
        "not built",
        "not built",
    ]
    assert content["profiles"][0]["packages"] == [
        {"name": "main", "group": "own", "bytes": 3, "functions": 1, "approximate": False}
    ]


def test_a_judgement_is_read_again_as_it_was_written(dist: Dist, grown: RegressionResult) -> None:
    dist.sizes("edge")
    dist.judged("edge", grown)

    found = of_record(records.REGRESSION.read(dist.path / "edge.regression.json"))

    assert replace(found, module=grown.module) == grown

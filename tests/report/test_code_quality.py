from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import jsonschema

from wasmtrim.regression.result import RegressionResult
from wasmtrim.report import code_quality

if TYPE_CHECKING:
    from tests.report.conftest import Dist

# GitLab, docs.gitlab.com/ci/testing/code_quality: "Code Quality report format".
SCHEMA = {
    "type": "array",
    "items": {
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string"},
            "check_name": {"type": "string"},
            "fingerprint": {"type": "string"},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": "^[^/]"},
                    "lines": {
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}


def entries(text: str) -> list[dict[str, Any]]:
    content: list[dict[str, Any]] = json.loads(text)
    jsonschema.validate(content, SCHEMA)
    assert len({entry["fingerprint"] for entry in content}) == len(content)
    return content


def test_what_holds_is_no_entry_and_what_fails_is_worse_than_a_remark(
    dist: Dist, grown: RegressionResult
) -> None:
    dist.failed("edge")
    dist.judged("edge", grown)

    found = entries(code_quality.text(dist.report("edge", "gone")))

    assert {entry["check_name"]: entry["severity"] for entry in found} == {
        "wasmtrim imports": "critical",
        "wasmtrim budget raw growth": "critical",
        "wasmtrim budget gzip growth": "info",
        "wasmtrim budget brotli growth": "minor",
        "wasmtrim budget fuel growth": "info",
        "wasmtrim build": "blocker",
    }
    assert found[0]["location"]["path"] == "config/profiles/edge.yaml"


def test_other_figures_are_the_same_entry(grown: RegressionResult) -> None:
    over, *rest = grown.findings
    more = replace(grown, findings=(replace(over, detail="+99,999"), *rest))

    prints = [
        [entry["fingerprint"] for entry in entries(code_quality.of_result(each))]
        for each in (grown, more)
    ]

    assert prints[0] == prints[1]


def test_a_comparison_without_a_profile_has_no_entries(grown: RegressionResult) -> None:
    assert entries(code_quality.of_result(replace(grown, profile="", findings=()))) == []

"""The four formats of one assessment, each held against its own rules."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from wasmtrim.assess import assessment, formats, rules, scoring, tinygo_support
from wasmtrim.assess.assessment import Assessment
from wasmtrim.assess.facts import Facts, parse

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def made(facts: Facts) -> Assessment:
    known = rules.load()
    support = tinygo_support.load("0.41.1")
    return scoring.assess(facts, known, known.weights, "wasip1", support)


@pytest.fixture(scope="module")
def sarif(made: Assessment) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(formats.render(made, "sarif"))
    return document


def test_the_text_has_matrix_verdict_places_and_what_takes_their_place(made: Assessment) -> None:
    text = formats.render(made, "text")
    first, second, *_ = text.splitlines()
    assert first == "example.com/service, for wasip1: not migratable as it is"
    assert second.startswith(f"{made.score:.1f} of 100; 6 files, ")
    assert "left out: 1 of tests, 1 generated, 1 of other platforms" in " ".join(text.split())
    assert max(map(len, text.splitlines())) <= 80
    assert "I/O               40 %" in text
    assert "blocked: a path below /proc or /sys (host-path, " in text
    assert "  host/host.go:19  /proc/loadavg" in text
    assert "    by example.com/service/cmd/svc.main cmd/svc/main.go:" in text
    assert "  instead: nothing: there is no kernel to ask" in text
    assert "works as it is: " in text


@pytest.mark.generated
def test_the_schema_is_current(is_current: Callable[[Path, str], None]) -> None:
    is_current(assessment.SCHEMA_FILE, json.dumps(assessment.schema(), indent=2) + "\n")


def test_the_json_is_by_the_committed_schema(made: Assessment) -> None:
    schema = json.loads(assessment.SCHEMA_FILE.read_text())
    document = json.loads(formats.render(made, "json"))
    jsonschema.validate(document, schema)
    assert document["schema"] == 1
    assert document["verdict"] == "not-migratable"
    assert set(document["dimensions"]) == {"io", "system", "timing"}
    assert {"dimension", "rule", "file", "line", "symbol", "path", "instead"} <= set(
        document["findings"][0]
    )


def test_the_sarif_is_by_its_own_schema(sarif: dict[str, Any]) -> None:
    schema = json.loads((HERE / "sarif-schema-2.1.0.json").read_text())
    jsonschema.validate(sarif, schema)


def test_the_sarif_has_paths_fingerprints_and_relative_files(
    made: Assessment, sarif: dict[str, Any]
) -> None:
    (run,) = sarif["runs"]
    results = run["results"]
    assert len(results) == sum(finding.severity != "works" for finding in made.findings)
    flows = [result for result in results if "codeFlows" in result]
    (listed,) = (r for r in flows if "/proc/self/fd" in r["message"]["text"])
    steps = listed["codeFlows"][0]["threadFlows"][0]["locations"]
    assert [step["location"]["message"]["text"].rpartition("/")[2] for step in steps] == [
        "svc.main",
        "dependency.Count",
        "dependency.one",
    ]
    prints = [result["partialFingerprints"]["wasmtrimFinding/v1"] for result in results]
    assert len(prints) == len(set(prints))
    places = [result["locations"][0]["physicalLocation"] for result in results]
    assert not any(place["artifactLocation"]["uri"].startswith(("/", "..")) for place in places)
    rules_ = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert all(rules_[result["ruleIndex"]] == result["ruleId"] for result in results)


def test_the_markdown_is_plain(made: Assessment) -> None:
    text = formats.render(made, "md")
    assert text.startswith("# example.com/service: not migratable as it is\n")
    assert "| I/O | 40 % |" in text
    assert r"- host/host.go:25: /proc/\*/status" in text


def test_foreign_text_cannot_steer_a_terminal_or_a_page(facts: Facts) -> None:
    data = facts_json(facts).replace("/proc/loadavg", "/proc/\\u001b[31m<script>|`\\u202e")
    known = rules.load()
    found = scoring.assess(
        parse(data.encode()), known, known.weights, "wasip1", tinygo_support.load("0.41.1")
    )
    for name in formats.FORMATS:
        text = formats.render(found, name)
        assert "\x1b" not in text
        assert "\u202e" not in text
    assert "<script>" not in formats.render(found, "md").replace(r"\<script\>", "")


def facts_json(facts: Facts) -> str:
    from pydantic import TypeAdapter

    return TypeAdapter(Facts).dump_json(facts).decode()

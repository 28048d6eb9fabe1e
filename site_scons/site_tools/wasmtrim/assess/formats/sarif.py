"""An assessment as SARIF 2.1.0 (docs.oasis-open.org/sarif/sarif/v2.1.0), for code scanning.

Within what GitHub takes (docs.github.com, "SARIF support for code scanning"): 25,000 results,
10,000 thread-flow locations, 20 tags a rule; relative paths, and fingerprints of our own that no
line number is in.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import Any, Final
from urllib.parse import quote

from wasmtrim import __version__
from wasmtrim.assess.assessment import VERDICTS, Assessment, Finding, Frame
from wasmtrim.assess.rules import Severity

MOST_RESULTS: Final = 25_000
MOST_STEPS: Final = 10_000  # of all paths
_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LEVELS: dict[Severity, str] = {
    "blocked": "error",
    "downgrade": "warning",
    "adapt": "note",
    "works": "none",
}


def text(assessment: Assessment) -> str:
    """The assessment as a SARIF document; what works as it is makes no result."""
    findings = [f for f in assessment.findings if f.severity != "works" and f.file]
    rules = list(dict.fromkeys(finding.rule for finding in findings))
    by_rule = {finding.rule: finding for finding in reversed(findings)}
    seen: Counter[str] = Counter()
    steps = 0
    results = []
    for finding in findings[:MOST_RESULTS]:
        result = _result(finding, rules.index(finding.rule), seen)
        steps += len(finding.path)
        if len(finding.path) > 1 and steps <= MOST_STEPS:
            result["codeFlows"] = [{"threadFlows": [{"locations": _flow(finding)}]}]
        results.append(result)
    driver = {
        "name": "wasmtrim",
        "version": __version__,
        "rules": [_rule(by_rule[name]) for name in rules],
    }
    properties = {
        "module": assessment.module,
        "target": assessment.target,
        "verdict": assessment.verdict,
        "verdictInWords": VERDICTS[assessment.verdict],
        "score": assessment.score,
        "dimensions": assessment.dimensions,
    }
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"wasmtrim-assess/{assessment.target}/"},
        "originalUriBaseIds": {
            "SRCROOT": {"description": {"text": "the folder that files are relative to"}}
        },
        "results": results,
        "properties": properties,
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(finding: Finding) -> dict[str, Any]:
    instead = f"Instead: {finding.instead}"
    return {
        "id": finding.rule,
        "shortDescription": {"text": finding.title},
        "help": {"text": instead, "markdown": instead},
        "defaultConfiguration": {"level": _LEVELS[finding.severity]},
        "properties": {"tags": ["webassembly", finding.dimension]},
    }


def _result(finding: Finding, index: int, seen: Counter[str]) -> dict[str, Any]:
    by = "" if finding.direct else f" in {finding.package}"
    message = f"{finding.title}: {finding.symbol}{by}. Instead: {finding.instead}."
    identity = "\0".join((finding.rule, finding.symbol, finding.file, finding.package))
    digest = hashlib.sha256(identity.encode()).hexdigest()[:32]
    seen[digest] += 1  # the same once more in a file: told apart by its number
    return {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": _LEVELS[finding.severity],
        "message": {"text": message},
        "locations": [_location(finding.file, finding.line)],
        "partialFingerprints": {"wasmtrimFinding/v1": f"{digest}:{seen[digest]}"},
    }


def _location(file: str, line: int) -> dict[str, Any]:
    uri = quote(file, safe="/@+")
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": uri, "uriBaseId": "SRCROOT"},
            "region": {"startLine": max(line, 1)},
        }
    }


def _flow(finding: Finding) -> list[dict[str, Any]]:
    return [{"location": _step(frame)} for frame in finding.path]


def _step(frame: Frame) -> dict[str, Any]:
    name = {"message": {"text": frame.function}}
    return {**_location(frame.file, frame.line), **name} if frame.file else name

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

from tests.report.conftest import HOSTILE

from wasmtrim.regression.result import RegressionResult
from wasmtrim.report import junit

if TYPE_CHECKING:
    from tests.report.conftest import Dist


def results(xml: str) -> dict[str, str]:
    """Each case and how it ended."""
    return {
        case.get("name", ""): next((e.tag for e in case if e.tag != "system-out"), "passed")
        for case in ET.fromstring(xml).iter("testcase")
    }


def test_a_check_is_a_case_and_a_profile_that_is_not_built_an_error(dist: Dist) -> None:
    dist.failed("edge")

    xml = junit.text(dist.report("edge", "gone"))

    assert results(xml) == {"imports": "failure", "raw": "passed", "build": "error"}
    root = ET.fromstring(xml)
    assert [root.get(name) for name in ("tests", "failures", "errors", "skipped")] == list("3110")


def test_a_waived_growth_is_green_and_what_was_not_judged_is_skipped(
    dist: Dist, grown: RegressionResult
) -> None:
    dist.passed("edge")
    dist.judged("edge", grown)

    xml = junit.text(dist.report("edge"))

    assert results(xml) == {
        "imports": "passed",
        "raw": "passed",
        "budget raw growth": "failure",
        "budget gzip growth": "passed",
        "budget brotli growth": "passed",
        "budget fuel growth": "skipped",
        "budget imports at most": "passed",
    }
    assert "waived: waived: 9 more until 2026-12-31: why" in xml


def test_what_came_out_of_a_module_leaves_it_xml(dist: Dist) -> None:
    dist.failed("edge", HOSTILE + "\0\ufffe")

    failure = ET.fromstring(junit.text(dist.report("edge"))).find(".//failure")

    assert failure is not None
    assert failure.text is not None
    assert failure.text.startswith("<script>alert(1)</script>")


def test_a_comparison_without_budgets_is_one_case_that_is_not_green() -> None:
    assert results(junit.of_result(RegressionResult("", "", "old.wasm", None, ()))) == {
        "compare": "skipped"
    }

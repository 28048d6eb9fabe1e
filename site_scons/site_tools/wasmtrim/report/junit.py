"""The report as JUnit XML, which CI systems show beside a project's tests.

A profile is a suite, a check is a case; what was not judged is skipped, a profile that was not
built is an error. Format: the schema of Apache Ant's JUnit task, as GitLab and Jenkins read it.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence

from wasmtrim.check import Check
from wasmtrim.escaping import printable
from wasmtrim.records.fields import METRICS
from wasmtrim.regression.result import RegressionResult
from wasmtrim.report import formatting, terminal
from wasmtrim.report.model import ProfileReport, Report, Verdict


def text(report: Report) -> str:
    """Return the file's content."""
    return _document([_suite(profile) for profile in report.profiles])


def of_result(judged: RegressionResult) -> str:
    """Return one comparison alone: a case for each budget and waiver.

    Without any there is one case, which is skipped, as nothing was judged.
    """
    suite = ET.Element("testsuite", name=printable(judged.profile or "wasmtrim compare"))
    _add_findings(suite, judged)
    if not judged.findings:
        ET.SubElement(_case(suite, "compare"), "skipped", message=formatting.outcome(judged))
    ET.SubElement(suite, "system-out").text = terminal.of_result(judged)
    return _document([suite])


def _document(suites: Sequence[ET.Element]) -> str:
    root = ET.Element("testsuites", name="wasmtrim")
    root.extend(suites)
    for element in (*suites, root):
        _count(element)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _suite(profile: ProfileReport) -> ET.Element:
    suite = ET.Element("testsuite", name=printable(profile.name))
    if profile.release:
        properties = ET.SubElement(suite, "properties")
        size = profile.release.shipped.size
        for name in METRICS:
            ET.SubElement(properties, "property", name=name, value=str(getattr(size, name)))
        used = formatting.compiler(profile)
        ET.SubElement(properties, "property", name="compiler", value=used)
    if profile.verdict is Verdict.NOT_BUILT:
        error = ET.SubElement(_case(suite, "build"), "error", message=formatting.reason(profile))
        error.text = "\n".join(formatting.said(profile)) or None
    for check in profile.checks or ():
        _add_outcome(_case(suite, check.name), check)
    if profile.regression:
        _add_findings(suite, profile.regression)
    ET.SubElement(suite, "system-out").text = terminal.text(Report((profile,)))
    return suite


def _add_findings(suite: ET.Element, judged: RegressionResult) -> None:
    for finding in judged.findings:
        case = _case(suite, finding.name)
        _add_outcome(case, finding)
        if finding.remark:
            told = printable(f"{finding.word}: {finding.detail}")
            ET.SubElement(case, "system-out").text = told


def _add_outcome(case: ET.Element, check: Check) -> None:
    told = printable(check.detail)
    if not check.judged:
        ET.SubElement(case, "skipped", message=told)
    elif not check.ok:
        ET.SubElement(case, "failure", message=told).text = told


def _case(suite: ET.Element, name: str) -> ET.Element:
    classname = f"wasmtrim.{suite.get('name')}"
    return ET.SubElement(suite, "testcase", classname=classname, name=printable(name))


def _count(element: ET.Element) -> None:
    for attribute, tag in (
        ("tests", "testcase"),
        ("failures", "failure"),
        ("errors", "error"),
        ("skipped", "skipped"),
    ):
        element.set(attribute, str(sum(1 for _ in element.iter(tag))))

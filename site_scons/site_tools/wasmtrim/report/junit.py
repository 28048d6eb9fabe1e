"""The report as JUnit XML, which CI systems show beside a project's tests.

A profile is a suite, a check is a case; what was not judged is skipped, a profile that was not
built is an error. Format: the schema of Apache Ant's JUnit task, as GitLab and Jenkins read it.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Final

from wasmtrim.regression.budget import Outcome
from wasmtrim.report import terminal, words
from wasmtrim.report.model import ProfileReport, Report, Verdict

FILE: Final = "junit.xml"


def text(report: Report) -> str:
    """Give the file's content."""
    root = ET.Element("testsuites", name="wasmtrim")
    for profile in report.profiles:
        root.append(_suite(profile, terminal.text(Report((profile,)))))
    _count(root)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _suite(profile: ProfileReport, told: str) -> ET.Element:
    suite = ET.Element("testsuite", name=words.printable(profile.name))
    if profile.release:
        properties = ET.SubElement(suite, "properties")
        weight = profile.release.shipped.weight
        for name in ("raw", "gzip", "brotli"):
            ET.SubElement(properties, "property", name=name, value=str(getattr(weight, name)))
        used = words.compiler(profile)
        ET.SubElement(properties, "property", name="compiler", value=used)
    if profile.verdict is Verdict.NOT_BUILT:
        message = words.printable(profile.message)
        ET.SubElement(_case(suite, profile, "build"), "error", message=message)
    for check in profile.all_checks:
        case = _case(suite, profile, check.name)
        if not check.ok:
            detail = words.printable(check.detail)
            ET.SubElement(case, "failure", message=detail).text = detail
    for finding in profile.regression.findings if profile.regression else ():
        if finding.outcome not in (Outcome.HELD, Outcome.OVER):
            case = _case(suite, profile, finding.name)
            said = words.printable(f"{finding.outcome.value}: {finding.detail}")
            if finding.outcome is Outcome.NOT_JUDGED:
                ET.SubElement(case, "skipped", message=said)
            else:
                ET.SubElement(case, "system-out").text = said
    ET.SubElement(suite, "system-out").text = told
    _count(suite)
    return suite


def _case(suite: ET.Element, profile: ProfileReport, name: str) -> ET.Element:
    classname = f"wasmtrim.{words.printable(profile.name)}"
    return ET.SubElement(suite, "testcase", classname=classname, name=words.printable(name))


def _count(element: ET.Element) -> None:
    for attribute, tag in (
        ("tests", "testcase"),
        ("failures", "failure"),
        ("errors", "error"),
        ("skipped", "skipped"),
    ):
        element.set(attribute, str(sum(1 for _ in element.iter(tag))))

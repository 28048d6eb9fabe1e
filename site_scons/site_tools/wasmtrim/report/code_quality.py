"""The report as GitLab's Code Quality report, which every merge request there shows.

A check or budget that fails, a waiver, what wasn't judged and a note are an entry each, at the
profile's file. GitLab shows what is new against the target branch, by the fingerprint: so that is
of the check's name and not of its figures. Format: GitLab, "Code Quality report format".
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

from wasmtrim.check import Check
from wasmtrim.escaping import printable
from wasmtrim.regression.budget_result import BudgetResult, Remark
from wasmtrim.regression.result import RegressionResult
from wasmtrim.report import formatting
from wasmtrim.report.model import ProfileReport, Report, Verdict

_LONGEST: Final = 600  # characters of a description
_NOT_BUILT, _FAILS, _OVER, _REMARK = "blocker", "critical", "minor", "info"  # of GitLab's five


def text(report: Report) -> str:
    """Return the file's content."""
    return _text(entry for profile in report.profiles for entry in _entries(profile))


def of_result(judged: RegressionResult) -> str:
    """Return the budgets and waivers of one comparison; without a profile there are none."""
    return _text(_findings(judged.profile, judged.findings))


def _text(entries: Iterable[dict[str, Any]]) -> str:
    return json.dumps(list(entries), indent=2, ensure_ascii=False) + "\n"


def _entries(profile: ProfileReport) -> Iterator[dict[str, Any]]:
    if profile.verdict is Verdict.NOT_BUILT:
        yield _entry(profile.name, _NOT_BUILT, "build", f"not built: {formatting.reason(profile)}")
    for check in profile.checks or ():
        if not check.ok or not check.judged:
            yield _entry(profile.name, _severity(check), check.name, check.detail)
    if profile.regression:
        yield from _findings(profile.name, profile.regression.findings)
    for note in profile.release.notes if profile.release else ():
        yield _entry(profile.name, _REMARK, "note", note, key=note)


def _findings(profile: str, findings: Iterable[BudgetResult]) -> Iterator[dict[str, Any]]:
    for finding in findings:
        if not finding.ok or not finding.judged or finding.remark:
            severity = _OVER if finding.remark is Remark.SHOWN else _severity(finding)
            yield _entry(profile, severity, finding.name, f"{finding.word}: {finding.detail}")
        if finding.ok and finding.offer:
            yield _entry(profile, _REMARK, finding.name, finding.offer, key="offer")


def _severity(check: Check) -> str:
    return _REMARK if check.ok else _FAILS


def _entry(profile: str, severity: str, check: str, detail: str, key: str = "") -> dict[str, Any]:
    """`key` tells apart what one check says of a profile for several reasons."""
    from wasmtrim.profile import FOLDER

    identity = json.dumps([profile, check, key])
    name = printable(check)
    description = printable(f"{profile}: {check}: {detail}")
    return {
        "description": formatting.shortened(description, _LONGEST),
        "check_name": f"wasmtrim {name}",
        "fingerprint": hashlib.sha256(identity.encode()).hexdigest(),
        "severity": severity,
        "location": {
            "path": f"{FOLDER}/{printable(profile)}.yaml",
            "lines": {"begin": 1},
        },
    }

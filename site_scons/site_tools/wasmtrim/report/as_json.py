"""The report as JSON, for other programs; data/schema/report.json is its schema."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from wasmtrim import __version__, check
from wasmtrim.attribution.package_shares import Share
from wasmtrim.errors import UsageError
from wasmtrim.regression import record, result
from wasmtrim.regression.result import RegressionResult
from wasmtrim.report.model import ProfileReport, Report, Verdict

SCHEMA: Final = 1


def content(report: Report) -> dict[str, Any]:
    """Give the report as plain data."""
    return {
        "schema": SCHEMA,
        "wasmtrim": __version__,
        "ok": report.ok,
        "profiles": [_profile(profile) for profile in report.profiles],
    }


def is_current(file: Path, report: Report) -> bool:
    """Tell whether `file` says what the report does, so that no format need be written anew."""
    try:
        known = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    same: bool = known == content(report)
    return same


def text(report: Report) -> str:
    """Give the file's content."""
    return _text(content(report))


def read(text: str, where: str) -> Report:
    """Read a report again, as far as it is in there: not what the modules are made of.

    Raises UsageError when it is none; `where` names it then. It may come from anyone.
    """
    try:
        data = json.loads(text)
        if data["schema"] != SCHEMA:
            raise ValueError
        return Report(tuple(_read_profile(row, where) for row in data["profiles"]))
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
        raise UsageError(
            f"{where}: not a report that this version of wasmtrim reads; write it anew with"
            " `scons release`"
        ) from None


def _read_profile(row: Mapping[str, Any], where: str) -> ProfileReport:
    name, message = row["name"], row["message"]
    if type(name) is not str or type(message) is not str:
        raise TypeError
    checks, sizes, regression = row["checks"], row["sizes"], row["regression"]
    return ProfileReport(
        name,
        Verdict(row["verdict"]),
        message,
        release=None if sizes is None else record.of_json(sizes, where),
        checks=None if checks is None else tuple(map(check.of_json, checks)),
        regression=None if regression is None else result.of_json(regression, where),
    )


def of_result(judged: RegressionResult) -> str:
    """Give one comparison alone."""
    return _text(judged.to_json())


def _text(data: dict[str, Any]) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _profile(profile: ProfileReport) -> dict[str, Any]:
    held = profile.breakdown
    return {
        "name": profile.name,
        "verdict": profile.verdict.value,
        "message": profile.message,
        "sizes": record.to_json(profile.release) if profile.release else None,
        "checks": None if profile.checks is None else [c.to_json() for c in profile.checks],
        "regression": profile.regression.to_json() if profile.regression else None,
        "sections": dict(held.sections) if held else None,
        "packages": held and [_package(name, share) for name, share in held.shares.items()],
        "pictures": {picture.what: picture.sha256 for picture in profile.pictures},
        "builds": len(profile.history),
    }


def _package(name: str, share: Share) -> dict[str, Any]:
    return {"name": name, "group": share.group, "bytes": share.bytes, "functions": share.functions}

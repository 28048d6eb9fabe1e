"""The report as JSON, for other programs; data/schema/report.json is its schema."""

from __future__ import annotations

import json
from typing import Any, Final

from wasmtrim.regression import record
from wasmtrim.regression.judgement import Judgement
from wasmtrim.report.model import ProfileReport, Report

SCHEMA: Final = 1
FILE: Final = "report.json"


def content(report: Report) -> dict[str, Any]:
    """Give the report as plain data."""
    return {
        "schema": SCHEMA,
        "ok": report.ok,
        "profiles": [_profile(profile) for profile in report.profiles],
    }


def text(report: Report) -> str:
    """Give the file's content."""
    return _text(content(report))


def of_judgement(judged: Judgement) -> str:
    """Give one comparison alone."""
    return _text(judged.to_json())


def _text(data: dict[str, Any]) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _profile(profile: ProfileReport) -> dict[str, Any]:
    held = profile.contents
    checks = profile.checks
    return {
        "name": profile.name,
        "verdict": profile.verdict.value,
        "message": profile.message,
        "sizes": record.to_json(profile.release) if profile.release else None,
        "checks": None
        if checks is None
        else [{"name": c.name, "ok": c.ok, "detail": c.detail} for c in checks],
        "regression": profile.regression.to_json() if profile.regression else None,
        "sections": dict(held.sections) if held else None,
        "packages": [
            {"name": name, "group": share.group, "bytes": share.bytes, "functions": share.functions}
            for name, share in held.packages.items()
        ]
        if held
        else None,
    }

"""The report as CSV, for spreadsheets: a row per check, note, item of a module, and change.

Format: RFC 4180. A spreadsheet takes a cell for a formula by its first character, so foreign text
that begins like one gets an apostrophe before it (OWASP, "CSV Injection").
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from wasmtrim.escaping import printable
from wasmtrim.records import Change, Comparison, Release
from wasmtrim.records.breakdown import Breakdown
from wasmtrim.records.regression import Cause
from wasmtrim.regression.result import RegressionResult
from wasmtrim.report import formatting
from wasmtrim.report.model import ProfileReport, Report

# `bytes` to `fuel` are of an item; `old`, `new` and `delta` of a change; `outcome` is one word.
COLUMNS: Final = (
    "profile", "row", "name", "package", "group", "outcome", "detail",
    "bytes", "gzip", "brotli", "fuel", "old", "new", "delta",
)  # fmt: skip
_FORMULA: Final = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]")

Row = dict[str, Any]


def text(report: Report) -> str:
    """Return the file's content."""
    return _text(row for profile in report.profiles for row in _profile(profile))


def of_result(judged: RegressionResult) -> str:
    """Return one comparison alone."""
    return _text({"profile": judged.profile} | row for row in _regression(judged))


def _text(rows: Iterable[Row]) -> str:
    file = io.StringIO()
    writer = csv.DictWriter(file, COLUMNS, restval="")
    writer.writeheader()
    writer.writerows({key: _cell(value) for key, value in row.items()} for row in rows)
    return file.getvalue()


def _cell(value: object) -> object:
    if not isinstance(value, str):
        return value
    shown = printable(value)
    return f"'{shown}" if _FORMULA.match(shown) else shown


def _profile(profile: ProfileReport) -> Iterator[Row]:
    rows: list[Row] = [
        {"row": "profile", "outcome": profile.verdict.value, "detail": profile.message}
    ]
    for check in profile.checks or ():
        outcome = {"outcome": check.outcome.value, "detail": check.detail}
        rows.append({"row": "check", "name": check.name} | outcome)
    if profile.release:
        rows += _release(profile.release)
    if profile.breakdown:
        rows += _items(profile.breakdown)
    if profile.regression:
        rows += _regression(profile.regression)
    return ({"profile": profile.name} | row for row in rows)


def _release(release: Release) -> Iterator[Row]:
    for note in release.notes:
        yield {"row": "note", "detail": note}
    for stage in release.stages:
        size = stage.size
        sizes = {"bytes": size.raw, "gzip": size.gzip, "brotli": size.brotli, "fuel": stage.fuel}
        told = {} if size.brotli_exact else {"detail": "brotli is estimated"}
        yield {"row": "stage", "name": stage.name} | sizes | told


def _items(breakdown: Breakdown) -> Iterator[Row]:
    for name, rest in breakdown.rest.items():
        yield {"row": "section without functions", "name": name} | rest._asdict()
    yield {"row": "compression's own headers"} | breakdown.overhead._asdict()
    for part in breakdown.functions:
        yield {
            "row": "function",
            "name": part.name,
            "package": part.package,
            "group": part.group,
            "detail": part.where,
            "bytes": part.bytes,
            "gzip": part.gzip,
            "brotli": part.brotli,
        }


def _regression(judged: RegressionResult) -> Iterator[Row]:
    yield {"row": "base", "detail": judged.base}
    for finding in judged.findings:
        outcome = {"outcome": finding.word, "detail": finding.detail}
        measured = finding.measured
        figures = {"old": measured.base, "new": measured.now} if measured else {}
        yield {"row": "budget", "name": finding.name} | outcome | figures
        yield from _causes(finding.causes, finding.name)
        if finding.offer:
            yield {"row": "offer", "name": finding.name, "detail": finding.offer}
    if judged.comparison:
        yield from _changes(judged.comparison)


def _changes(changes: Comparison) -> Iterator[Row]:
    for difference in changes.tool_changes:
        yield {"row": "tool change", "detail": difference}
    yield from _changed("figure changed", tuple(changes.metrics.values()))
    yield from _causes(changes.causes, "raw")
    for what, names in (("import", changes.imports), ("export", changes.exports)):
        for outcome, which in formatting.came_and_went(names):
            for name in which:
                yield {"row": f"{what} changed", "name": name, "outcome": outcome}
    yield from _changed("section changed", changes.sections)
    yield from _changed("package changed", changes.packages)
    yield from _changed("function changed", changes.functions)


def _causes(causes: Iterable[Cause], of: str) -> Iterator[Row]:
    """What a growth is made of: that of a budget, or of the whole module."""
    for cause in causes:
        yield {
            "row": "cause",
            "name": cause.what,
            "detail": cause.below,
            "delta": cause.amount,
            "outcome": of,
        }


def _changed(row: str, changes: Sequence[Change]) -> Iterator[Row]:
    for change in changes:
        yield {
            "row": row,
            "name": change.name,
            "package": change.package,
            "outcome": change.word,
            "detail": f"was {change.was}" if change.was else "",
            "old": change.old,
            "new": change.new,
            "delta": change.delta,
        }

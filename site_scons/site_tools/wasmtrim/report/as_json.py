"""The report as JSON, for other programs; data/schema/report.json is its schema."""

from __future__ import annotations

from pathlib import Path

from wasmtrim import __version__, records
from wasmtrim.records import CheckRow
from wasmtrim.records.breakdown import Breakdown
from wasmtrim.records.report import PackageRow, ProfileRow, ReportRecord
from wasmtrim.regression import result
from wasmtrim.regression.result import RegressionResult
from wasmtrim.report.model import ProfileReport, Report, Verdict


def record(report: Report) -> ReportRecord:
    """Return the report as plain data."""
    return ReportRecord(__version__, report.ok, tuple(map(_row, report.profiles)))


def is_current(file: Path, report: Report) -> bool:
    """Return whether `file` says what the report does, so no format has to be written again."""
    return records.REPORT.find(file) == record(report)


def text(report: Report) -> str:
    """Return the file's content."""
    return records.REPORT.text(record(report))


def of_record(record: ReportRecord) -> Report:
    """Return a report again, as far as it is in there: not what the modules are made of."""
    return Report(tuple(map(_profile, record.profiles)))


def of_result(judged: RegressionResult) -> str:
    """Return one comparison alone."""
    return records.REGRESSION.text(judged.record())


def _profile(row: ProfileRow) -> ProfileReport:
    return ProfileReport(
        row.name,
        Verdict(row.verdict),
        row.message,
        release=row.sizes,
        checks=None if row.checks is None else tuple(each.check for each in row.checks),
        regression=result.of_record(row.regression) if row.regression else None,
        tuning=row.tuning,
    )


def _row(profile: ProfileReport) -> ProfileRow:
    held = profile.breakdown
    return ProfileRow(
        name=profile.name,
        verdict=profile.verdict.value,
        message=profile.message,
        sizes=profile.release,
        checks=None if profile.checks is None else tuple(map(CheckRow.of, profile.checks)),
        regression=profile.regression.record() if profile.regression else None,
        sections=held.sections if held else None,
        packages=_packages(held) if held else None,
        pictures={picture.title: picture.sha256 for picture in profile.pictures},
        builds=len(profile.history),
        tuning=profile.tuning,
    )


def _packages(held: Breakdown) -> tuple[PackageRow, ...]:
    return tuple(
        PackageRow(name, share.group, share.bytes, share.functions, share.approximate)
        for name, share in held.packages.items()
    )

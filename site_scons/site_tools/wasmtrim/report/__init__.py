"""What a build says about itself: `model.Report`, and a file for each format it is written in."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol, cast

if TYPE_CHECKING:
    from wasmtrim.regression.result import RegressionResult
    from wasmtrim.report.model import Report

FOLDER: Final = "report"  # within dist/
LARGEST: Final = 10  # changes of a kind that a reader is shown


class ReportFormat(Protocol):
    """A module that writes a whole report."""

    def text(self, report: Report, /) -> str:
        """Return the file's content."""


class ComparisonFormat(Protocol):
    """A module that writes one comparison."""

    def of_result(self, result: RegressionResult, /) -> str:
        """Return what `wasmtrim compare` prints."""


@dataclass(frozen=True)
class Format:
    """A format is the module here of this name: a ReportFormat, a ComparisonFormat, or both.

    `file` is what a report is written to in FOLDER, if it is; `compares` tells whether
    `wasmtrim compare` has the format. `purpose` says who reads it.
    """

    module: str
    purpose: str
    file: str | None = None
    compares: bool = True

    def text(self, report: Report) -> str:
        """Return a report in this format, which has a file for it."""
        return cast(ReportFormat, self._load()).text(report)

    def of_result(self, result: RegressionResult) -> str:
        """Return a comparison in this format, which compares."""
        return cast(ComparisonFormat, self._load()).of_result(result)

    def _load(self) -> object:
        """Import the module: late, as most formats are not asked for."""
        return importlib.import_module(f"{__name__}.{self.module}")


# By the name that `wasmtrim compare --format` knows.
FORMATS: Final = {
    "text": Format("terminal", "a terminal or a log"),
    "md": Format("markdown", "a comment on a change", "report.md"),
    "json": Format("as_json", "programs", "report.json"),
    "junit": Format("junit", "what CI systems show beside the tests", "junit.xml"),
    "codequality": Format("code_quality", "GitLab's merge requests", "codequality.json"),
    "csv": Format("as_csv", "spreadsheets", "report.csv"),
    "html": Format("html", "a browser", "index.html", compares=False),
}
TEXT: Final = "text"
MARKDOWN: Final = "md"


def write(report: Report, folder: Path) -> tuple[Path, ...]:
    """Write the report in every format that has a file; a file that would be the same is left.

    Returns the paths of all files. It is quick where the report that lies there says the same.
    """
    from wasmtrim.report import as_json

    formats = {folder / each.file: each for each in FORMATS.values() if each.file}
    known = folder / (FORMATS["json"].file or "")
    if all(path.is_file() for path in formats) and as_json.is_current(known, report):
        return tuple(formats)
    from wasmtrim import atomic

    for path, each in formats.items():
        fresh = each.text(report).encode()
        if not path.is_file() or path.read_bytes() != fresh:
            atomic.write_bytes(path, fresh)
    return tuple(formats)

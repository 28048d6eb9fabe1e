"""What a build says about itself: `model.Report`, and one file for each format it is told in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wasmtrim.report.model import Report

FOLDER = "report"  # within dist/
PAGE, MARKDOWN, JSON, JUNIT = "index.html", "report.md", "report.json", "junit.xml"


def write(report: Report, folder: Path) -> tuple[Path, ...]:
    """Write the report in every format into `folder`; a file that would be the same is left.

    Gives the paths of all files. It is quick where the report that lies there says the same.
    """
    from wasmtrim.report import as_json

    paths = tuple(folder / name for name in (PAGE, MARKDOWN, JSON, JUNIT))
    if all(path.is_file() for path in paths) and as_json.is_current(folder / JSON, report):
        return paths
    from wasmtrim import atomic
    from wasmtrim.report import html, junit, markdown

    files = {
        PAGE: html.text(report),
        MARKDOWN: markdown.text(report),
        JSON: as_json.text(report),
        JUNIT: junit.text(report),
    }
    for name, text in files.items():
        path, fresh = folder / name, text.encode()
        if not path.is_file() or path.read_bytes() != fresh:
            atomic.write_bytes(path, fresh)
    return paths

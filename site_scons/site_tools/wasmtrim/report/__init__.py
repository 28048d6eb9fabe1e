"""What a build says about itself: `model.Report`, and one file for each format it is told in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wasmtrim.report.model import Report

FOLDER = "report"  # within dist/


def write(report: Report, folder: Path, root: Path) -> tuple[Path, ...]:
    """Write the report in every format into `folder`; a file that would be the same is left.

    `root` is the project's folder. Gives the paths of all files.
    """
    from wasmtrim import atomic
    from wasmtrim.report import as_json, drawing, html, junit, markdown

    files = {
        html.FILE: html.text(report, drawing.library(root)),
        markdown.FILE: markdown.text(report),
        as_json.FILE: as_json.text(report),
        junit.FILE: junit.text(report),
    }
    for name, text in files.items():
        path, fresh = folder / name, text.encode()
        if not path.is_file() or path.read_bytes() != fresh:
            atomic.write_bytes(path, fresh)
    return tuple(folder / name for name in files)

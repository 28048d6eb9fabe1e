from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from wasmtrim import report
from wasmtrim.report import html

if TYPE_CHECKING:
    from tests.report.conftest import Dist


def test_every_format_is_written_for_a_build_that_failed_too(dist: Dist) -> None:
    dist.failed("edge")
    folder = dist.path / report.FOLDER

    written = report.write(dist.report("edge", "gone"), folder)

    names = [path.name for path in written]
    assert names == [each.file for each in report.FORMATS.values() if each.file]
    assert sorted(path.name for path in folder.iterdir()) == sorted(names)


def test_a_file_that_would_be_the_same_is_left(dist: Dist) -> None:
    dist.passed("edge")
    folder = dist.path / report.FOLDER
    report.write(dist.report("edge"), folder)
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}

    report.write(dist.report("edge"), folder)

    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == before


def test_modules_are_not_looked_into_again_where_the_report_says_the_same(
    dist: Dist, monkeypatch: pytest.MonkeyPatch
) -> None:
    dist.passed("edge")
    folder = dist.path / report.FOLDER
    report.write(dist.report("edge"), folder)
    monkeypatch.setattr(html, "text", lambda *_: pytest.fail("the page is made again"))

    report.write(dist.report("edge"), folder)

    dist.failed("edge")
    with pytest.raises(pytest.fail.Exception):
        report.write(dist.report("edge"), folder)


def test_a_report_of_other_profiles_is_replaced(dist: Dist) -> None:
    dist.passed("edge")
    dist.passed("min")
    folder = dist.path / report.FOLDER
    report.write(dist.report("edge"), folder)

    report.write(dist.report("edge", "min"), folder)

    assert "min" in (folder / "report.md").read_text()

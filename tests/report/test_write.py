from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from wasmtrim import report
from wasmtrim.report import drawing, html
from wasmtrim.report.drawing import Drawing

if TYPE_CHECKING:
    from tests.report.conftest import Dist


@pytest.fixture(autouse=True)
def _no_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "library", lambda _: Drawing("d3 1"))


def test_every_format_is_written_for_a_build_that_failed_too(dist: Dist) -> None:
    dist.failed("edge")
    folder = dist.path / report.FOLDER

    written = report.write(dist.report("edge", "gone"), folder, dist.path.parent)

    names = [path.name for path in written]
    assert names == ["index.html", "report.md", "report.json", "junit.xml"]
    assert sorted(path.name for path in folder.iterdir()) == sorted(names)


def test_a_file_that_would_be_the_same_is_left(dist: Dist) -> None:
    dist.passed("edge")
    folder = dist.path / report.FOLDER
    report.write(dist.report("edge"), folder, dist.path.parent)
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}

    report.write(dist.report("edge"), folder, dist.path.parent)

    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == before


def test_modules_are_not_looked_into_again_where_the_report_says_the_same(
    dist: Dist, monkeypatch: pytest.MonkeyPatch
) -> None:
    dist.passed("edge")
    folder = dist.path / report.FOLDER
    report.write(dist.report("edge"), folder, dist.path.parent)
    monkeypatch.setattr(html, "text", lambda *_: pytest.fail("the page is made again"))

    report.write(dist.report("edge"), folder, dist.path.parent)

    dist.failed("edge")
    with pytest.raises(pytest.fail.Exception):
        report.write(dist.report("edge"), folder, dist.path.parent)


def test_a_report_of_other_profiles_is_replaced(dist: Dist) -> None:
    dist.passed("edge")
    dist.passed("min")
    folder = dist.path / report.FOLDER
    report.write(dist.report("edge"), folder, dist.path.parent)

    report.write(dist.report("edge", "min"), folder, dist.path.parent)

    assert "min" in (folder / "report.md").read_text()

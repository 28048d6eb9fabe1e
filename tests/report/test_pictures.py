"""The pictures of a smoke run: which of them the page shows, and how."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from wasmtrim.check import Check, failed, held
from wasmtrim.report import html
from wasmtrim.report.model import DIFFERENCE, EXPECTED, GOT, Picture, read
from wasmtrim.report.pictures import LARGEST, SIDE, shown

if TYPE_CHECKING:
    from tests.report.conftest import Dist


def picture(path: Path, width: int = 4, height: int = 3, form: str = "PNG") -> Path:
    Image.effect_noise((width, height), 90).save(path, form)
    return path


@pytest.fixture
def smoke(tmp_path: Path) -> list[Picture]:
    """All that may lie there after a run, be it of this run or of an earlier one."""
    return [
        Picture(what, picture(tmp_path / f"{what}.png")) for what in (EXPECTED, GOT, DIFFERENCE)
    ]


@pytest.mark.parametrize(
    ("check", "seen"),
    [
        (held("output", "as expected"), [EXPECTED, GOT]),
        (failed("output", "frame 3: 9 pixels are off"), [EXPECTED, GOT, DIFFERENCE]),
        (failed("run", "killed after 10 s"), [EXPECTED]),
    ],
)
def test_only_what_this_run_was_judged_by_is_shown(
    dist: Dist, smoke: list[Picture], check: Check, seen: list[str]
) -> None:
    dist.sizes("edge")
    dist.verification("edge", check)

    [profile] = read(dist.path, ["edge"], {}, pictures={"edge": smoke}).profiles

    assert [each.what for each in profile.pictures] == seen


def test_a_picture_is_part_of_the_page_and_says_what_it_is(
    dist: Dist, smoke: list[Picture]
) -> None:
    dist.sizes("edge")
    dist.verification("edge", failed("output", "frame 3: 9 pixels are off"))

    page = html.text(read(dist.path, ["edge"], {}, pictures={"edge": smoke}))

    assert page.count(' src="data:image/png;base64,') == 3
    for told in (
        "What the smoke run is to draw",
        "What the smoke run drew",
        "Expected, drawn, and a heat map of the difference",
    ):
        assert f'alt="{told}"' in page


def test_a_picture_of_several_profiles_is_in_the_page_once(
    dist: Dist, smoke: list[Picture]
) -> None:
    for name in ("edge", "min"):
        dist.passed(name)
    expected = [picture for picture in smoke if picture.what == "expected"]

    shown = read(dist.path, ["edge", "min"], {}, pictures={"edge": expected, "min": expected})
    page = html.text(shown)

    assert page.count("data:image/png;base64,") == 1
    assert '<img id="profile-edge-picture-1" src="data:image/png;base64,' in page
    assert '<img data-like="profile-edge-picture-1" alt=' in page


def test_a_small_picture_is_shown_as_it_is_so_that_it_plays(tmp_path: Path) -> None:
    file = picture(tmp_path / "stdout", form="GIF")

    found = shown(Picture(GOT, file))

    data = base64.b64encode(file.read_bytes()).decode()
    assert found.source == f"data:image/gif;base64,{data}"
    assert found.note == ""


def test_of_a_large_one_there_is_a_small_still(tmp_path: Path) -> None:
    file = picture(tmp_path / "stdout", 900, 450)
    size = file.stat().st_size
    assert size > LARGEST

    found = shown(Picture(GOT, file))

    still = Image.open(io.BytesIO(base64.b64decode(found.source.partition(",")[2])))
    assert still.size == (SIDE, SIDE // 2)
    assert found.note == f"its first frame; the file has {size:,} bytes"


def test_what_is_no_picture_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "stdout").write_bytes(b"<svg onload=alert(1)>")

    found = shown(Picture(GOT, tmp_path / "stdout"))

    assert found.source == ""
    assert found.note == "21 bytes that cannot be shown as a picture"

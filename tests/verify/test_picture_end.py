"""Bytes after a picture's end are found, whatever they end with; so is a file that is cut short."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image

from wasmtrim.verify import picture

FORMATS = ("gif", "png", "webp", "bmp")
ENDS = {"gif": b"\x3b", "png": b"\0\0\0\0IEND\xaeB`\x82", "webp": b"\0", "bmp": b"\0"}


def written(folder: Path, form: str) -> Path:
    path = folder / f"picture.{form}"
    Image.new("RGB", (4, 4), (9, 8, 7)).save(path)
    return path


def fault(actual: Path, expected: Path) -> str:
    shown = picture.Shown(actual, expected, 0, actual.parent / "out")
    (check,) = picture.compare([shown], actual.parent)
    return "" if check.ok else check.detail


@pytest.mark.parametrize("form", FORMATS)
def test_what_follows_the_end_is_counted(form: str, tmp_path: Path) -> None:
    expected = written(tmp_path, form)
    actual = tmp_path / f"longer.{form}"
    assert fault(expected, expected) == ""
    # It ends as the format does, so that its last bytes tell nothing.
    actual.write_bytes(expected.read_bytes() + b"hidden!!" + ENDS[form])
    added = 8 + len(ENDS[form])
    assert fault(actual, expected) == f"the output has {added} bytes after its end"


@pytest.mark.parametrize("form", FORMATS)
def test_a_missing_end_is_found(form: str, tmp_path: Path) -> None:
    expected = written(tmp_path, form)
    actual = tmp_path / f"shorter.{form}"
    actual.write_bytes(expected.read_bytes()[:-1])
    assert re.search("cut short|truncated|broken|decode", fault(actual, expected))

"""A picture is compared as it is shown: size, frames, delays, loop, and every pixel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from wasmtrim.check import Check
from wasmtrim.process import Finished
from wasmtrim.verify import child, picture
from wasmtrim.verify.picture import Shown

RED, BLUE, CLEAR = (255, 0, 0, 255), (0, 0, 255, 255), (9, 9, 9, 0)


def write(path: Path, *colours: tuple[int, ...], size: int = 4, **options: Any) -> Path:
    first, *others = [Image.new("RGBA", (size, size), colour) for colour in colours]
    first.save(path, save_all=True, append_images=others, **({"duration": 50, "loop": 0} | options))
    return path


def compare(actual: Path, expected: Path, tolerance: int = 0) -> Check:
    shown = Shown(actual, expected, tolerance, actual.parent / "out")
    (check,) = picture.compare([shown], actual.parent)
    return check


@pytest.mark.parametrize("suffix", ["gif", "png", "webp"])
def test_formats_are_no_difference(suffix: str, tmp_path: Path) -> None:
    expected = write(tmp_path / "expected.png", RED, BLUE)
    options = {"lossless": True} if suffix == "webp" else {}
    actual = write(tmp_path / f"actual.{suffix}", RED, BLUE, **options)
    check = compare(actual, expected)
    assert check.ok, check
    assert check.detail == f"{suffix.upper()}, 4x4, 2 frames, as expected"


def test_the_colour_of_clear_pixels_is_no_difference(tmp_path: Path) -> None:
    expected = write(tmp_path / "expected.png", (1, 2, 3, 0))
    assert compare(write(tmp_path / "actual.png", CLEAR), expected).ok


def test_a_clear_pixel_is_not_a_black_one(tmp_path: Path) -> None:
    expected = write(tmp_path / "expected.png", (0, 0, 0, 255))
    assert not compare(write(tmp_path / "actual.png", CLEAR), expected).ok


def test_a_still_picture_has_neither_delay_nor_loop(tmp_path: Path) -> None:
    expected = write(tmp_path / "expected.png", RED)
    assert compare(write(tmp_path / "actual.gif", RED, duration=70, loop=3), expected).ok


def test_a_difference_within_the_tolerance_is_told(tmp_path: Path) -> None:
    expected = write(tmp_path / "expected.png", RED)
    actual = write(tmp_path / "actual.png", (252, 0, 1, 255))
    check = compare(actual, expected, tolerance=3)
    assert check.detail == "PNG, 4x4, 1 frame, as expected, off by 3 at most"


def test_a_picture_shows_the_difference_and_goes_when_it_is_gone(tmp_path: Path) -> None:
    expected = write(tmp_path / "expected.png", RED)
    check = compare(write(tmp_path / "actual.png", BLUE), expected)
    shows = "; out/difference.png shows expected, actual and difference of frame 1"
    assert check.detail.endswith(shows)
    with Image.open(tmp_path / "out" / "difference.png") as shown:
        scale = shown.height // 4
        row = [shown.getpixel((x * scale, 0)) for x in (0, 6, 12)]
    assert row == [RED, BLUE, (255, 255, 255, 255)]
    compare(expected, expected)
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "the output can't be decoded: it is in no format that Pillow reads"),
        (b"GIF89a", "the output can't be decoded"),
        (b"P6 90000 90000 255\n" + bytes(100), "exceeds limit of 128000000 pixels"),
        (b"P6 9000 9000 255\n" + bytes(100), "9000x9000 pixels are more than the 64,000,000"),
        (b"P6 4 4 255\n" + bytes(5), "can't be decoded, frame 1 of 1"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 4 4\n%%EOF\n", "can't be decoded"),
    ],
    ids=["empty", "header", "huge", "large", "short", "a program"],
)
def test_a_file_that_only_claims_to_be_a_picture(data: bytes, says: str, tmp_path: Path) -> None:
    actual = tmp_path / "actual"
    actual.write_bytes(data)
    check = compare(actual, write(tmp_path / "expected.png", RED))
    assert not check.ok
    assert says in check.detail


def test_an_expected_picture_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "expected.png").write_bytes(b"not yet")
    check = compare(write(tmp_path / "actual.png", RED), tmp_path / "expected.png")
    assert not check.ok
    assert check.detail.startswith("smoke.expect.picture can't be decoded: ")


def test_a_hundred_thousand_frames_are_counted_not_decoded(tmp_path: Path) -> None:
    gif = write(tmp_path / "one.gif", RED, BLUE).read_bytes()
    at = gif.index(b"\x21\xf9")  # the first frame's control block
    actual = tmp_path / "actual.gif"
    actual.write_bytes(gif[:at] + gif[at:-1] * 50_000 + gif[-1:])
    check = compare(actual, write(tmp_path / "expected.png", RED, BLUE))
    assert check.detail == "the number of frames: 100,000, expected is 2"


def four(folder: Path) -> list[Shown]:
    """The first and the last one are as expected, the others are not."""
    red, blue = write(folder / "red.png", RED), write(folder / "blue.gif", BLUE)
    (folder / "none").write_bytes(b"GIF89a")
    actual = (red, folder / "none", blue, red)
    return [Shown(path, red, 0, folder / f"out-{n}") for n, path in enumerate(actual)]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many pairs each process had."""
    counts: list[int] = []
    ask = child.ask

    def kept(script: str, task: dict[str, Any], seconds: float) -> Finished | None:
        counts.append(len(task["pairs"]))
        return ask(script, task, seconds)

    monkeypatch.setattr(child, "ask", kept)
    return counts


def test_pictures_are_decoded_together_and_judged_apart(tmp_path: Path, asked: list[int]) -> None:
    shown = four(tmp_path)
    together = picture.compare(shown, tmp_path)
    assert asked == [4]
    assert [check.ok for check in together] == [True, False, False, True]
    assert together == [check for one in shown for check in picture.compare([one], tmp_path)]


def test_one_that_ends_the_decoder_bears_on_no_other(
    tmp_path: Path, asked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = child.ask

    def dying(script: str, task: dict[str, Any], seconds: float) -> Finished | None:
        """Die of the picture that is none, after those before it."""
        pairs = task["pairs"]
        deadly = [number for number, pair in enumerate(pairs) if pair["b"].endswith("none")]
        ended = ask(script, {**task, "pairs": pairs[: deadly[0]] if deadly else pairs}, seconds)
        return Finished((), -9, b"", b"", 0.0) if deadly else ended

    monkeypatch.setattr(child, "ask", dying)
    checks = picture.compare(four(tmp_path), tmp_path)
    assert [check.ok for check in checks] == [True, False, False, True]
    assert checks[1].detail == "the decoder ended with killed by SIGKILL"
    assert asked == [1, 0, 1, 1]


@pytest.mark.parametrize("ended", [None, Finished((), -9, b"", b"", 0.0)])
def test_a_decoder_that_dies_is_a_verdict(
    ended: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "ask", lambda *_: ended)
    expected = write(tmp_path / "expected.png", RED)
    assert not compare(expected, expected).ok

"""GIFs are shown as Chromium 143 shows them, which decoded each of these by its ImageDecoder."""

from __future__ import annotations

from pathlib import Path

import pytest

from wasmtrim.verify import gif

R, G, B = (255, 0, 0, 255), (0, 255, 0, 255), (0, 0, 255, 255)
N = (0, 0, 0, 0)  # nothing


def image(left: int, top: int, width: int, height: int, colour: int) -> bytes:
    """An image of one colour; a clear code goes before each pixel, so that no code grows."""
    codes = [code for _ in range(width * height) for code in (4, colour)] + [5]
    bits = sum(code << 3 * place for place, code in enumerate(codes))
    data = bits.to_bytes((3 * len(codes) + 7) // 8, "little")
    area = b"".join(value.to_bytes(2, "little") for value in (left, top, width, height))
    return b"\x2c" + area + b"\0\2" + bytes([len(data)]) + data + b"\0"


def control(disposal: int) -> bytes:
    return bytes([0x21, 0xF9, 4, disposal << 2, 10, 0, 0, 0])


def loops(repeats: int, name: bytes = b"NETSCAPE2.0") -> bytes:
    return b"\x21\xff\x0b" + name + b"\3\1" + repeats.to_bytes(2, "little") + b"\0"


def file(*blocks: bytes) -> bytes:
    """A GIF of 3x3 pixels in red, green, blue and black, on a background of blue."""
    palette = bytes([255, 0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0])
    return b"GIF89a\3\0\3\0\x81\2\0" + palette + b"".join(blocks) + b"\x3b"


WHOLE, MIDDLE, CORNER = (0, 0, 3, 3), (1, 1, 1, 1), (2, 2, 2, 2)
IN_RED = [R, R, R, R, G, R, R, R, R]


@pytest.mark.parametrize(
    ("disposal", "area", "then"),
    [
        (0, WHOLE, IN_RED),
        (1, WHOLE, IN_RED),
        (2, WHOLE, [N, N, N, N, G, N, N, N, N]),
        (3, WHOLE, [N, N, N, N, G, N, N, N, N]),
        (0, CORNER, [N, N, N, N, G, N, N, N, R]),
    ],
    ids=["unsaid", "stays", "to nothing, not to the background", "to before", "partly outside"],
)
def test_what_becomes_of_a_frame(
    disposal: int, area: tuple[int, int, int, int], then: list[tuple[int, ...]]
) -> None:
    found = gif.read(file(control(disposal), image(*area, 0), control(0), image(*MIDDLE, 1)))
    *_, last = gif.shown(found)
    assert [tuple(pixel) for row in last.tolist() for pixel in row] == then


FRAMES = (image(*WHOLE, 0), image(*WHOLE, 1))


@pytest.mark.parametrize(
    ("blocks", "plays"),
    [
        (FRAMES, 1),
        ((loops(0), *FRAMES), 0),
        ((loops(3), *FRAMES), 4),
        ((loops(0, b"ANIMEXTS1.0"), *FRAMES), 0),
        ((FRAMES[0], loops(0), FRAMES[1]), 0),
        ((loops(3), FRAMES[0], loops(5), FRAMES[1]), 6),
    ],
    ids=["no count", "for ever", "repeats", "ANIMEXTS1.0", "after a frame", "the last count"],
)
def test_how_often_it_plays(blocks: tuple[bytes, ...], plays: int) -> None:
    assert gif.read(file(*blocks)).plays == plays


def test_it_ends_at_its_trailer_whatever_follows() -> None:
    whole = file(*FRAMES)
    assert gif.read(whole + b"more\x3b").end == len(whole)


@pytest.mark.parametrize("end", range(1, len(file(*FRAMES))))
def test_each_cut_is_found(end: int) -> None:
    with pytest.raises(ValueError, match=r"cut short|block"):
        gif.read(file(*FRAMES)[:end])


def test_an_area_of_no_pixels_is_shown(tmp_path: Path) -> None:
    found = gif.read(file(image(3, 3, 1, 1, 0)))
    [canvas] = gif.shown(found)
    assert not canvas.any()

"""A GIF as browsers show it, out of its blocks (GIF89a specification, sections 17 to 27).

Pillow decodes the pixels of one frame; what becomes of them on the canvas is decided here, since
Pillow paints the background's colour where browsers clear, and reads no loop after the first frame.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy import ndarray

    Pixels = ndarray[Any, Any]

_EXTENSION, _IMAGE, _TRAILER = 0x21, 0x2C, 0x3B
_CONTROL, _APPLICATION = 0xF9, 0xFF
_LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")
_TO_BACKGROUND, _TO_PREVIOUS = 2, 3  # what a frame's disposal does with its area
_SCREEN_BYTES, _IMAGE_BYTES = 13, 10
_BAND_PIXELS = 1 << 18


@dataclass(frozen=True)
class Frame:
    """A frame: its area on the canvas, its delay in ms, its disposal, and a GIF of it alone."""

    left: int
    top: int
    width: int
    height: int
    delay: int
    disposal: int
    alone: bytes


@dataclass(frozen=True)
class Gif:
    """`plays` is how often it plays, 0 for ever. `end` is the byte after the trailer."""

    width: int
    height: int
    frames: tuple[Frame, ...]
    plays: int
    end: int


def read(data: bytes) -> Gif:
    """Read the blocks up to the trailer. Raises ValueError where they are cut short or broken."""
    if data[:3] != b"GIF" or len(data) < _SCREEN_BYTES:
        raise ValueError("it is cut short in its header")
    width, height = _number(data, 6), _number(data, 8)
    if not width * height:
        raise ValueError(f"its canvas is {width}x{height} pixels")
    at = _SCREEN_BYTES + _table_bytes(data[10])
    palette = data[10:at]
    frames: list[Frame] = []
    control = b""
    plays = 1
    while True:
        kind = data[at] if at < len(data) else None
        if kind == _TRAILER:
            return Gif(width, height, tuple(frames), plays, at + 1)
        if kind == _EXTENSION:
            end = _blocks_end(data, at + 2)
            if data[at + 1] == _CONTROL:
                control = data[at:end]
            elif data[at + 1] == _APPLICATION and data[at + 3 : at + 14] in _LOOPS:
                plays = _plays(data[at + 14 : end], plays)
            at = end
        elif kind == _IMAGE:
            table = at + _IMAGE_BYTES
            if table > len(data):
                raise ValueError(f"it is cut short in frame {len(frames) + 1}")
            end = _blocks_end(data, table + _table_bytes(data[table - 1]) + 1)
            frames.append(_frame(data[at:end], palette, control))
            control = b""
            at = end
        elif kind is None:
            raise ValueError("it is cut short: there is no trailer")
        else:
            raise ValueError(f"at byte {at} there is no block, but {kind:#04x}")


def shown(gif: Gif) -> Iterator[Pixels]:
    """Yield the canvas with each frame, height x width x RGBA of a byte; it is one and the same.

    Raises what Pillow raises where a frame can't be decoded.
    """
    import numpy

    canvas = numpy.zeros((gif.height, gif.width, 4), dtype=numpy.uint8)
    for frame in gif.frames:
        area = canvas[frame.top : frame.top + frame.height, frame.left : frame.left + frame.width]
        before = area.copy() if frame.disposal == _TO_PREVIOUS else None
        if area.size:
            _paint(frame, area)
        yield canvas
        if frame.disposal == _TO_BACKGROUND:
            area[:] = 0
        elif before is not None:
            area[:] = before


def _paint(frame: Frame, area: Pixels) -> None:
    """Paint a frame's pixels, less the transparent ones, by bands: as RGBA they are many bytes."""
    import numpy
    from PIL import Image, UnidentifiedImageError

    height, width = area.shape[:2]
    rows = max(1, _BAND_PIXELS // frame.width)
    try:
        opened = Image.open(io.BytesIO(frame.alone), formats=["GIF"])
    except UnidentifiedImageError:
        raise ValueError("its image data are broken") from None
    with opened as picture:
        picture.load()
        for top in range(0, height, rows):
            bottom = min(top + rows, height)
            band = numpy.array(picture.crop((0, top, width, bottom)).convert("RGBA"))
            numpy.copyto(area[top:bottom], band, where=band[..., 3:] != 0)


def _frame(image: bytes, palette: bytes, control: bytes) -> Frame:
    """`palette` is the end of the screen descriptor, with the table that follows it."""
    left, top, width, height = (_number(image, place) for place in (1, 3, 5, 7))
    size = image[5:9]
    alone = b"GIF89a" + size + palette + control + image[:1] + bytes(4) + image[5:] + b"\x3b"
    disposal = control[3] >> 2 & 7 if control else 0
    delay = 10 * _number(control, 4) if control else 0
    return Frame(left, top, width, height, delay, disposal, alone)


def _plays(blocks: bytes, before: int) -> int:
    """How often it plays by the data of an application extension: what it counts are repeats."""
    if len(blocks) < 4 or blocks[0] < 3 or blocks[1] & 7 != 1:
        return before
    repeats = _number(blocks, 2)
    return repeats + 1 if repeats else 0


def _table_bytes(packed: int) -> int:
    return 3 << (packed & 7) + 1 if packed & 0x80 else 0


def _blocks_end(data: bytes, at: int) -> int:
    """The byte after the sub-blocks that begin at `at`."""
    while at < len(data) and data[at]:
        at += 1 + data[at]
    if at >= len(data):
        raise ValueError("it is cut short: there is no trailer")
    return at + 1


def _number(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 2], "little")

"""Makes the smoke inputs NAME.bin, and the pictures NAME.png that they give.

They are drawn with Pillow and numpy alone, never by the guest or a model. Run: python make.py
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

WIDTH, HEIGHT, FRAMES = 64, 48, 5
DELAY_MS = 85  # rounds up to 9 hundredths of a second
SHOWN_MS = 90

SQUARES = [  # colour, left and top in frame 0, step per frame
    ((220, 40, 40), (2, 4), (9, 1)),
    ((40, 160, 60), (40, 6), (-7, 4)),
    ((250, 200, 30), (20, 30), (5, -5)),
]
# All that JSON has, in keys that are unknown, of which a later one holds, or spelled in other ways.
# For so much memory standard Go begins to collect garbage.
HEADER = r"""{ "x": {"a": [1, -2.5e3, "\u00e9\n\\", null, true, {}]}, "width": 65, "width": 20e-1,
"height" : 2.0 ,"frames":0.2e1, "delay":1e2, "m\u0065mory": 1e5, "clock":false,"effort":2}"""
BROKEN = r'{"a":"\x"}'


@dataclass(frozen=True)
class Animation:
    """`pixels` is what the guest reads after the header; `shown` are the frames as RGBA."""

    header: str
    pixels: bytes
    shown: list[np.ndarray]
    shown_ms: int = 100


def frame(number: int) -> np.ndarray:
    """One frame as (HEIGHT, WIDTH, 4) of RGBA, with alpha of all kinds."""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    rgba = np.empty((HEIGHT, WIDTH, 4), np.uint8)
    rgba[..., 0] = x // 8 * 20 + 40
    rgba[..., 1] = y // 8 * 20 + 60
    rgba[..., 2] = 140
    rgba[..., 3] = 255
    for colour, (left, top), (right, down) in SQUARES:
        left, top = left + right * number, top + down * number
        rgba[top : top + 12, left : left + 12, :3] = colour
    # A hole wanders over the picture: pixels turn transparent, and opaque again. Its rim has the
    # two alphas between which the guest decides.
    distance = np.hypot(x - 12 - 9 * number, y - 36 + 5 * number)
    rgba[distance < 9, 3] = 128
    rgba[distance < 8, 3] = 127
    rgba[distance < 5] = (1, 2, 3, 0)
    return rgba


def squares() -> Animation:
    """Squares that move over a background."""
    frames = [frame(number) for number in range(FRAMES)]
    header = {"width": WIDTH, "height": HEIGHT, "frames": FRAMES, "delay": DELAY_MS}
    return _rgba(json.dumps(header), frames, SHOWN_MS)


def noise() -> Animation:
    """Pixels of 200 colours at random, then stripes of some of them."""
    random = np.random.default_rng(1)
    colours = _colours(200, random)
    first = colours[random.integers(0, 200, (30, 40))]
    second = first.copy()
    second[10:28, 3:37] = colours[np.arange(18 * 34).reshape(18, 34) // 3 % 17]
    header = {"width": 40, "height": 30, "frames": 2}
    return _rgba(json.dumps(header), [first, second])


def gradient() -> Animation:
    """More colours than a GIF can have, then fewer.

    The guest counts colours in cells, of which there are few here: more would take it long.
    """
    y, x = np.mgrid[:16, :17]
    first = np.full((16, 17, 4), 255, np.uint8)
    first[..., :3] = np.stack((x * 2 + 40, y * 3 + 60, np.full_like(x, 90)), axis=-1)
    second = first.copy()
    second[:, 4:] = first[3, 4]
    header = {"width": 17, "height": 16, "frames": 2, "dither": True}
    return _rgba(json.dumps(header), [first, second])


def header() -> Animation:
    """A header that only a whole parser of JSON reads."""
    frames = [np.full((2, 2, 4), 255, np.uint8) for _ in range(2)]
    frames[0][..., 0] = [[7, 90], [200, 7]]
    frames[1][..., 1] = [[7, 7], [200, 90]]
    return _rgba(HEADER, frames)


def options() -> Animation:
    """The smallest form of frames with holes, and options of all kinds, some of them unknown."""
    random = np.random.default_rng(5)
    colours = _colours(60, random)
    colours[0] = 0
    frames = [colours[random.integers(0, 60, (12, 16))]]
    for number in range(2):
        frames.append(frames[-1].copy())
        frames[-1][number : number + 5, 3:9] = colours[random.integers(0, 60, (5, 6))]
    known = {"effort": 2, "memory": 100_000, "clock": False}
    unknown = {"x": {"a": [1, -2.5e3, "\u00e9\n\\", None, True, {}]}, "y": ""}
    header = {"width": 16, "height": 12, "frames": 3, "delay": 100}
    return _rgba(json.dumps(header | known | unknown), frames)


def palette() -> Animation:
    """Indices into one palette, with a transparent one, in the smallest form."""
    header = {"pixels": "indexed", "transparent": 3, "colours": 20, "effort": 2}
    return _indexed(header, colours=20, transparent=3, palettes=1)


def palettes() -> Animation:
    """Indices into a palette for each frame, in the fastest form."""
    header = {"pixels": "indexed-local", "transparent": 0, "effort": 0}
    return _indexed(header, colours=256, transparent=0, palettes=3)


def broken() -> Animation:
    """A header that is no JSON."""
    return Animation(BROKEN, b"", [])


def _colours(count: int, random: np.random.Generator) -> np.ndarray:
    colours = random.integers(0, 256, (count, 4), np.uint8)
    colours[:, 3] = 255
    return colours


def _rgba(header: str, frames: list[np.ndarray], shown_ms: int = 100) -> Animation:
    pixels = b"".join(rgba.tobytes() for rgba in frames)
    return Animation(header, pixels, frames, shown_ms)


def _indexed(
    header: dict[str, object], *, colours: int, transparent: int, palettes: int
) -> Animation:
    """Three frames of 9x7, of which a few pixels change; `palettes` is 1 or 3."""
    random = np.random.default_rng(2)
    indices = random.integers(0, colours, (7, 9), np.uint8)
    pixels, shown = b"", []
    for number in range(3):
        if number < palettes:
            table = _colours(256, random)
            pixels += table[:, :3].tobytes()
            table[transparent] = 0
        if number:
            indices[number, 2:6] = random.integers(0, colours, 4, np.uint8)
        pixels += indices.tobytes()
        shown.append(table[indices])
    size = {"width": 9, "height": 7, "frames": 3}
    return Animation(json.dumps(size | header), pixels, shown)


def expected(rgba: np.ndarray) -> Image.Image:
    """The frame as a GIF can show it: opaque, or transparent without a colour."""
    opaque = rgba[..., 3] >= 128
    shown = np.where(opaque[..., None], rgba, 0).astype(np.uint8)
    shown[opaque, 3] = 255
    return Image.fromarray(shown, "RGBA")


def doubled(pixels: np.ndarray) -> np.ndarray:
    """Scale2x (scale2x.it): twice the width and height, corners filled by their neighbours."""
    padded = np.pad(pixels, ((1, 1), (1, 1), (0, 0)), mode="edge")
    up, down = padded[:-2, 1:-1], padded[2:, 1:-1]
    left, right = padded[1:-1, :-2], padded[1:-1, 2:]
    large = np.repeat(np.repeat(pixels, 2, axis=0), 2, axis=1)
    ring = [up, right, down, left]  # each corner lies between two that follow each other
    for place, corner in (((0, 1), 0), ((1, 1), 1), ((1, 0), 2), ((0, 0), 3)):
        before, one, other, after = (ring[(corner + step) % 4] for step in (-1, 0, 1, 2))
        taken = alike(one, other) & ~alike(one, before) & ~alike(other, after)
        large[place[0] :: 2, place[1] :: 2] = np.where(taken[..., None], one, pixels)
    return large


def alike(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Where all channels of two pictures are equal."""
    return (one == other).all(axis=-1)


def save(path: Path, frames: list[np.ndarray], shown_ms: int) -> None:
    """Write an animation as PNG."""
    first, *rest = [expected(rgba) for rgba in frames]
    first.save(path, save_all=True, append_images=rest, duration=shown_ms, loop=0, blend=0)


ANIMATIONS = (squares, noise, gradient, header, options, palette, palettes, broken)


def main() -> None:
    here = Path(__file__).parent
    for make in ANIMATIONS:
        name, made = make.__name__, make()
        text = made.header.encode()
        (here / f"{name}.bin").write_bytes(struct.pack("<I", len(text)) + text + made.pixels)
        if made.shown:
            save(here / f"{name}.png", made.shown, made.shown_ms)
    save(here / "squares-2x.png", [doubled(rgba) for rgba in squares().shown], SHOWN_MS)


if __name__ == "__main__":
    main()

"""Makes the smoke input squares.bin, and the pictures that it gives: squares.png, squares-2x.png.

They are drawn with Pillow and numpy alone, never by the guest or a model. Run: python make.py
"""

import json
import struct
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


def save(path: Path, frames: list[np.ndarray]) -> None:
    """Write an animation as PNG."""
    first, *rest = [expected(rgba) for rgba in frames]
    first.save(path, save_all=True, append_images=rest, duration=SHOWN_MS, loop=0, blend=0)


def main() -> None:
    here = Path(__file__).parent
    frames = [frame(number) for number in range(FRAMES)]
    header = {"width": WIDTH, "height": HEIGHT, "frames": FRAMES, "delay": DELAY_MS}
    text = json.dumps(header).encode()
    payload = b"".join(rgba.tobytes() for rgba in frames)
    (here / "squares.bin").write_bytes(struct.pack("<I", len(text)) + text + payload)
    save(here / "squares.png", frames)
    save(here / "squares-2x.png", [doubled(rgba) for rgba in frames])


if __name__ == "__main__":
    main()

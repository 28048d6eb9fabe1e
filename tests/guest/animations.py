"""Seeded animations of the kinds that people send: each a palette and frames of indices.

Every animation has at most 255 colours and, where it has transparent pixels, the index `CLEAR`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from tests.guest.photographs import photograph

Frames = NDArray[np.uint8]

CLEAR = 255
SEED = 20250101


@dataclass(frozen=True)
class Animation:
    """Frames of indices (count, height, width) into a palette of (256, 3)."""

    name: str
    palette: NDArray[np.uint8]
    frames: Frames
    clear: bool = False


def from_pictures(name: str, pictures: list[Image.Image], colours: int) -> Animation:
    """Pictures in RGB, on one palette that Pillow chooses for all of them."""
    width, height = pictures[0].size
    sheet = Image.new("RGB", (width, height * len(pictures)))
    for row, picture in enumerate(pictures):
        sheet.paste(picture, (0, row * height))
    indexed = sheet.quantize(colours, dither=Image.Dither.NONE)
    palette = np.zeros((256, 3), np.uint8)
    used = np.array(indexed.getpalette(), np.uint8).reshape(-1, 3)[:256]
    palette[: len(used)] = used
    return Animation(name, palette, np.array(indexed).reshape(len(pictures), height, width))


def random_palette(rng: np.random.Generator) -> NDArray[np.uint8]:
    codes = rng.choice(1 << 24, 256, replace=False)
    return np.stack([codes & 255, codes >> 8 & 255, codes >> 16], axis=1).astype(np.uint8)


def flat_art(rng: np.random.Generator) -> Animation:
    pictures = []
    shapes = [
        (rng.integers(0, 256, 3), rng.integers(20, 300, 2), rng.integers(-8, 8, 2))
        for _ in range(12)
    ]
    for number in range(16):
        picture = Image.new("RGB", (320, 240), (238, 238, 230))
        draw = ImageDraw.Draw(picture)
        for i, (colour, place, step) in enumerate(shapes):
            x, y = (int(v) for v in place + step * number)
            box = (x % 300, y % 220, x % 300 + 24 + 3 * i, y % 220 + 40 - 2 * i)
            shape = draw.ellipse if i % 2 else draw.rectangle
            shape(box, fill=tuple(int(v) for v in colour))
        pictures.append(picture)
    return from_pictures("flat art", pictures, 32)


def gradients(_: np.random.Generator) -> Animation:
    y, x = np.mgrid[:240, :320]
    pictures = []
    for number in range(12):
        red = x * 255 // 319
        green = (y + number * 6) % 240 * 255 // 239
        blue = (x + y + 9 * number) % 256
        rgb = np.stack([red, green, blue], axis=-1).astype(np.uint8)
        pictures.append(Image.fromarray(rgb))
    return from_pictures("gradients", pictures, 128)


def dithered(_: np.random.Generator) -> Animation:
    y, x = np.mgrid[:240, :320]
    bayer = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]])
    frames = []
    for number in range(12):
        level = 8 + 6 * np.sin((x + 4 * number) / 40) * np.cos((y - 3 * number) / 30)
        frames.append((level + bayer[y % 4, x % 4] / 16).astype(np.uint8))
    grey = np.repeat(np.arange(256, dtype=np.uint8)[:, None] * 15, 3, axis=1)
    return Animation("dithered", grey, np.stack(frames))


def noise(rng: np.random.Generator) -> Animation:
    return Animation(
        "noise", random_palette(rng), rng.integers(0, 255, (6, 160, 200), dtype=np.uint8)
    )


def font(size: int) -> ImageFont.ImageFont | ImageFont.FreeTypeFont:
    return ImageFont.load_default(size)


def words(rng: np.random.Generator, count: int) -> str:
    letters = np.array(list("abcdefghijklmnoprstuvw"))
    return " ".join("".join(rng.choice(letters, rng.integers(2, 9))) for _ in range(count))


def screen(rng: np.random.Generator) -> Animation:
    """A window in which lines of text come one by one, with a moving pointer."""
    picture = Image.new("RGB", (400, 300), (40, 44, 52))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, 399, 22), fill=(60, 66, 78))
    draw.text((150, 4), "terminal", font=font(13), fill=(220, 220, 220))
    pictures = []
    for number in range(18):
        colour = ((152, 195, 121), (229, 192, 123), (171, 178, 191))[number % 3]
        draw.text((8, 28 + 15 * number), words(rng, 7), font=font(12), fill=colour)
        shot = picture.copy()
        pointer = ImageDraw.Draw(shot)
        x, y = 50 + 17 * number, 250 - 9 * number
        pointer.polygon([(x, y), (x, y + 16), (x + 11, y + 11)], fill=(255, 255, 255))
        pictures.append(shot)
    return from_pictures("screen", pictures, 64)


def scrolling(rng: np.random.Generator) -> Animation:
    page = Image.new("RGB", (320, 600), "white")
    draw = ImageDraw.Draw(page)
    for line in range(34):
        draw.text((6, 4 + 17 * line), words(rng, 9), font=font(13), fill=(20, 20, 30))
    pictures = [page.crop((0, 11 * n, 320, 11 * n + 220)) for n in range(20)]
    return from_pictures("text", pictures, 16)


def sprites(rng: np.random.Generator) -> Animation:
    """Balls that fly over a photograph."""
    field = photograph("coffee.png").resize((300, 200))
    balls = [
        (rng.integers(0, 256, 3), rng.uniform(0, 6.3), rng.uniform(0.2, 0.5)) for _ in range(5)
    ]
    pictures = []
    for number in range(16):
        picture = field.copy()
        draw = ImageDraw.Draw(picture)
        for i, (colour, phase, speed) in enumerate(balls):
            x = 150 + 120 * np.cos(phase + speed * number)
            y = 100 + 70 * np.sin(phase * 2 + speed * number)
            draw.ellipse((x, y, x + 14 + i, y + 14 + i), fill=tuple(int(v) for v in colour))
        pictures.append(picture)
    return from_pictures("sprites", pictures, 200)


def pan(_: np.random.Generator) -> Animation:
    """A photograph that passes slowly."""
    wide = photograph("chelsea.png")
    pictures = [wide.crop((3 * n, n, 3 * n + 280, n + 200)) for n in range(12)]
    return from_pictures("pan", pictures, 255)


def zoom(_: np.random.Generator) -> Animation:
    portrait = photograph("astronaut.png")
    pictures = [
        portrait.crop((4 * n, 2 * n, 500 - 4 * n, 440 - 3 * n)).resize((240, 210))
        for n in range(10)
    ]
    return from_pictures("zoom", pictures, 128)


def fade(_: np.random.Generator) -> Animation:
    first = photograph("rocket.jpg").resize((240, 160))
    second = photograph("coffee.png").resize((240, 160))
    pictures = [Image.blend(first, second, n / 11) for n in range(12)]
    return from_pictures("fade", pictures, 255)


def spinner(_: np.random.Generator) -> Animation:
    """Dots that turn on a transparent ground: opaque pixels become transparent."""
    frames = np.full((12, 96, 96), CLEAR, np.uint8)
    y, x = np.mgrid[:96, :96]
    for number in range(12):
        for dot in range(12):
            angle = dot * np.pi / 6
            radius = 3 + 5 * ((dot - number) % 12) / 11
            inside = np.hypot(x - 48 - 34 * np.cos(angle), y - 48 - 34 * np.sin(angle)) < radius
            frames[number][inside] = (dot - number) % 12
    turn = np.arange(256)[:, None] * np.pi / 6 + np.array([0, 2, 4]) * np.pi / 3
    palette = (140 + 100 * np.cos(turn)).astype(np.uint8)
    return Animation("spinner", palette, frames, clear=True)


def plasma(_: np.random.Generator) -> Animation:
    y, x = np.mgrid[:200, :256]
    pictures = []
    for number in range(10):
        v = np.sin(x / 23 + number / 3) + np.sin(y / 17 - number / 4) + np.sin((x + y) / 31)
        rgb = np.stack([128 + 40 * v, 128 - 40 * v, 128 + 42 * np.sin(v * 2)], axis=-1)
        pictures.append(Image.fromarray(rgb.astype(np.uint8)))
    return from_pictures("plasma", pictures, 100)


def confetti(rng: np.random.Generator) -> Animation:
    """Scraps of paper that fall on a transparent ground."""
    frames = np.full((14, 180, 240), CLEAR, np.uint8)
    for piece in range(160):
        x, y, down = rng.integers(0, 236), rng.integers(-120, 176), rng.integers(3, 12)
        for number in range(14):
            top = int(y + down * number)
            if 0 <= top < 176:
                frames[number, top : top + 4, x : x + 4] = piece % 40
    return Animation("confetti", random_palette(rng), frames, clear=True)


def cycling(_: np.random.Generator) -> Animation:
    """Each frame has colours of its own."""
    y, x = np.mgrid[:120, :160]
    rgb = [
        np.stack([(x + 16 * n) % 256, y * 2 % 256, (x * 0 + 20 * n) % 256], axis=-1) // 24 * 24
        for n in range(10)
    ]
    pictures = [Image.fromarray(frame.astype(np.uint8)) for frame in rgb]
    return from_pictures("cycling", pictures, 255)


MAKERS: tuple[Callable[[np.random.Generator], Animation], ...] = (
    flat_art,
    gradients,
    dithered,
    noise,
    screen,
    scrolling,
    sprites,
    pan,
    zoom,
    fade,
    spinner,
    plasma,
    confetti,
    cycling,
)


def generated() -> Iterator[Animation]:
    """All of them, the same on every call."""
    for maker in MAKERS:
        yield maker(np.random.default_rng(SEED))

"""The native handler and the wasm module give the same picture, and where not, a map shows it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.request import Request, urlopen

import numpy as np
import pytest
from PIL import Image
from tests.guest.programs import Build, Pixels, played, rgba, serving, shown


def heat_map(a: Pixels, b: Pixels, file: Path) -> float:
    """Writes how much each pixel differs at most over all frames; returns what part of them do."""
    differ = np.abs(a.astype(int) - b.astype(int)).max(axis=(0, 3))
    heat = np.zeros((*differ.shape, 3), np.uint8)
    heat[..., 0] = np.minimum(differ * 4, 255)
    heat[..., 1] = np.where(differ > 0, 60, 0)
    Image.fromarray(heat).save(file)
    return float((a != b).any(axis=-1).mean())


def frames_of(colours: int) -> Pixels:
    """Three frames of 800x600 with a disc that moves, and a hole."""
    y, x = np.mgrid[:600, :800]
    frames = np.empty((3, 600, 800, 4), np.uint8)
    for number in range(3):
        ground = (x + y) * colours // 1400
        frames[number, ..., 0] = ground
        frames[number, ..., 1] = ground // 2
        frames[number, ..., 2] = 90 if colours <= 256 else y * 255 // 599
        frames[number, ..., 3] = 255
        frames[number][np.hypot(x - 200 - 90 * number, y - 300) < 80] = (200, 30, 30, 255)
        frames[number][np.hypot(x - 600, y - 150 - 60 * number) < 50] = (0, 0, 0, 0)
    return frames


@pytest.mark.parametrize(("tag", "allowed"), [("", 0.0), ("quantize", 0.005)])
def test_handler_and_module(
    tag: str, allowed: float, build: Callable[..., Build], tmp_path: Path
) -> None:
    tags = (tag,) if tag else ()
    frames = frames_of(1000 if tag else 200)
    stdin = rgba(frames, delay=70)
    with serving(build("gifd", *tags, native=True).path) as address:
        with urlopen(Request(address, stdin, method="POST")) as answer:
            assert answer.status == 200
            reference, delays = played(answer.read())
        with urlopen(Request(f"{address}?frame=2", stdin, method="POST")) as answer:
            assert np.array_equal(played(answer.read())[0][0], reference[2])
    run = build("gif", *tags).run(stdin)
    assert run.status == 0, run.message
    made, made_delays = played(run.output)
    assert made.shape == reference.shape == (3, 600, 800, 4)
    assert made_delays == delays == [70, 70, 70]
    assert heat_map(reference, made, tmp_path / "difference.png") <= allowed
    if not tag:
        assert np.array_equal(made, shown(frames))


def test_a_broken_module_shows_in_the_map(build: Callable[..., Build], tmp_path: Path) -> None:
    frames = frames_of(200)
    good = played(build("gif", native=True).run(rgba(frames)).output)[0]
    frames[1, 40:60, 100:160, 0] ^= 15
    broken = played(build("gif", native=True).run(rgba(frames)).output)[0]
    file = tmp_path / "difference.png"
    assert heat_map(good, broken, file) == pytest.approx(20 * 60 / good[..., 0].size)
    hot = np.asarray(Image.open(file)).max(axis=-1) > 0
    assert hot[40:60, 100:160].all()
    assert hot.sum() == 20 * 60

"""How two pictures differ: what holds for any two, and ΔE by an independent library."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from wasmtrim.verify import difference
from wasmtrim.verify.difference import Difference, Frame, Observation

Pixels = NDArray[np.uint8]


def between(a: Path, b: Path, tolerance: int = 0) -> Difference:
    return difference.between(difference.Pair(a, b, tolerance, a.parent / "heat.png"))


def write(path: Path, *frames: Pixels, duration: int = 50) -> Path:
    first, *others = [Image.fromarray(frame) for frame in frames]
    first.save(path, save_all=True, append_images=others, duration=duration)
    return path


def noise(seed: int, *shape: int) -> Pixels:
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


def test_the_mean_difference_is_that_of_an_independent_library(tmp_path: Path) -> None:
    color = pytest.importorskip("skimage.color")
    one, other = noise(1, 60, 80, 3), noise(2, 60, 80, 3)
    other[:20] = one[:20]
    (frame,) = between(write(tmp_path / "a.png", one), write(tmp_path / "b.png", other)).frames
    theirs = color.deltaE_cie76(color.rgb2lab(one), color.rgb2lab(other))
    assert frame.mean_delta_e == pytest.approx(float(theirs.mean()), rel=1e-3)
    assert frame.pixels == int((one != other).any(axis=-1).sum())
    assert frame.largest == int(np.abs(one.astype(int) - other).max())
    assert frame.first == (0, 20)


def test_it_is_the_same_from_both_sides(tmp_path: Path) -> None:
    a = write(tmp_path / "a.png", noise(1, 30, 40, 4), noise(2, 30, 40, 4))
    b = write(tmp_path / "b.png", noise(1, 30, 40, 4), noise(3, 30, 40, 4))
    one, other = between(a, b, 9), between(b, a, 9)
    assert one.frames == other.frames
    assert [frame.number for frame in one.frames] == [2]


def test_what_is_measured_in_bands_is_found_in_the_last_one(tmp_path: Path) -> None:
    one = np.zeros((1100, 1000, 3), np.uint8)
    other = one.copy()
    other[1099, 999] = 7
    found = between(write(tmp_path / "a.png", one), write(tmp_path / "b.png", other))
    assert [(frame.pixels, frame.first) for frame in found.frames] == [(1, (999, 1099))]
    assert found.share(found.frames[0]) == pytest.approx(100 / 1_100_000)


def test_what_comes_first_is_told_first(tmp_path: Path) -> None:
    still, moved = noise(1, 8, 8, 3), noise(2, 8, 8, 3)
    a = write(tmp_path / "a.png", still, moved, still)
    b = write(tmp_path / "b.png", moved, still, moved, duration=70)
    c = write(tmp_path / "c.png", still, moved, duration=70)
    assert between(a, b).first == Observation("frame 1 stays", "50 ms", "70 ms", 1)
    assert between(a, c).first == Observation("the number of frames", "3", "2")
    d = write(tmp_path / "d.png", still, moved // 2, still)
    first = between(a, d).first
    assert isinstance(first, Frame)
    assert first.number == 2
    assert between(a, a).first is None


def test_the_worst_frame_is_the_one_with_the_most_pixels(tmp_path: Path) -> None:
    black = np.zeros((8, 8, 3), np.uint8)
    few, many = black.copy(), black.copy()
    few[0, 0], many[:4] = 255, 9
    a = write(tmp_path / "a.png", black + 1, black + 2, black + 3)
    b = write(tmp_path / "b.png", few + 1, many + 2, black + 3)
    found = between(a, b)
    assert found.worst == found.frames[1]
    assert found.same(50)
    assert not found.same(49)


def test_the_largest_picture_of_the_guest_fits_in_memory(tmp_path: Path) -> None:
    """4096x4096 pixels, as GIFs of two frames."""
    for name, colour in (("a", 3), ("b", 9)):
        frames = [Image.new("P", (4096, 4096), c) for c in (1, colour)]
        for frame in frames:
            frame.putpalette(bytes(range(256)) * 3)
        frames[0].save(tmp_path / f"{name}.gif", save_all=True, append_images=frames[1:])
    found = between(tmp_path / "a.gif", tmp_path / "b.gif")
    assert [frame.pixels for frame in found.frames] == [4096 * 4096]
    assert found.heat_map

"""Three independent decoders show the frames that were given, whatever their size and colours."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.guest.animations import Animation, generated
from tests.guest.decoders import agreed
from tests.guest.programs import Build, Pixels, coloured, indexed, rgba, shown

Make = Callable[[np.random.Generator], Pixels]

# The tags of the builds whose files may differ.
BUILDS: tuple[tuple[str, ...], ...] = ((), ("small",))


def patches(count: int, height: int, width: int, colours: int, *, clear: bool) -> Make:
    """Frames of a few colours in which rectangles come and go."""

    def make(rng: np.random.Generator) -> Pixels:
        table = rng.integers(0, 256, (colours, 4), np.uint8)
        table[:, 3] = 255
        if clear:
            table[0, 3] = 100
        frames = np.empty((count, height, width, 4), np.uint8)
        now = np.broadcast_to(table[-1], (height, width, 4)).copy()
        for number in range(count):
            for _ in range(4):
                y, x = rng.integers(0, height), rng.integers(0, width)
                down, right = rng.integers(1, height + 1), rng.integers(1, width + 1)
                now[y : y + down, x : x + right] = table[rng.integers(0, colours)]
            frames[number] = now
        return frames

    return make


def every_colour(_: np.random.Generator) -> Pixels:
    frames = np.zeros((2, 16, 16, 4), np.uint8)
    frames[..., 3] = 255
    frames[..., 0] = np.arange(256).reshape(16, 16)
    frames[1] = frames[0, ::-1]
    return frames


CASES: dict[str, Make] = {
    "1x1": patches(1, 1, 1, 1, clear=False),
    "1x1, transparent": patches(3, 1, 1, 2, clear=True),
    "1x65535": patches(2, 65535, 1, 5, clear=False),
    "65535x1": patches(2, 1, 65535, 5, clear=True),
    "2 colours": patches(5, 40, 61, 2, clear=False),
    "256 colours": every_colour,
    "255 colours and transparent": patches(8, 50, 50, 255, clear=True),
    "1 frame": patches(1, 30, 30, 9, clear=True),
    "1,000 frames": patches(1000, 6, 7, 12, clear=True),
}


@pytest.mark.parametrize("tags", BUILDS)
@pytest.mark.parametrize("effort", [0, 1, 2])
@pytest.mark.parametrize("name", CASES)
def test_odd_animations(
    name: str, effort: int, tags: tuple[str, ...], build: Callable[..., Build]
) -> None:
    frames = CASES[name](np.random.default_rng(1))
    run = build("gif", *tags, native=True).run(rgba(frames, delay=50, effort=effort))
    assert run.status == 0, run.message
    made, delays = agreed(run.output)
    assert np.array_equal(made, shown(frames))
    assert delays == [50] * len(frames)


@given(
    make=st.builds(
        patches,
        count=st.integers(1, 9),
        height=st.integers(1, 20),
        width=st.integers(1, 20),
        colours=st.integers(1, 255),
        clear=st.booleans(),
    ),
    seed=st.integers(0, 2**32 - 1),
    effort=st.integers(0, 2),
    tags=st.sampled_from(BUILDS),
)
@settings(deadline=None, max_examples=60)
def test_any_animation(
    make: Make, seed: int, effort: int, tags: tuple[str, ...], build: Callable[..., Build]
) -> None:
    frames = make(np.random.default_rng(seed))
    run = build("gif", *tags, native=True).run(rgba(frames, effort=effort))
    assert run.status == 0, run.message
    assert np.array_equal(agreed(run.output)[0], shown(frames))


@pytest.mark.parametrize("alpha", [0, 1, 127, 128, 254, 255])
def test_a_pixel_is_transparent_below_the_middle(alpha: int, build: Callable[..., Build]) -> None:
    """And whatever its colour, each decoder shows it as nothing: twice, so that it comes back."""
    frames = np.full((4, 5, 6, 4), 255, np.uint8)
    frames[::2, 1:3, 2:4] = (77, 88, 99, alpha)
    frames[2, 1:3, 2:4, 0] = 11
    run = build("gif", native=True).run(rgba(frames))
    made, _ = agreed(run.output)
    expected = np.full((4, 5, 6, 4), 255, np.uint8)
    expected[0, 1:3, 2:4] = (77, 88, 99, 255) if alpha >= 128 else 0
    expected[2, 1:3, 2:4] = (11, 88, 99, 255) if alpha >= 128 else 0
    assert np.array_equal(made, expected)


@pytest.mark.parametrize("dither", [False, True])
def test_quantized_frames(dither: bool, build: Callable[..., Build]) -> None:
    """Each frame has more colours than a table, and some of nothing."""
    frames = np.random.default_rng(1).integers(0, 256, (3, 30, 40, 4), np.uint8)
    run = build("gif", "quantize", native=True).run(rgba(frames, dither=dither))
    assert run.status == 0, run.message
    made, _ = agreed(run.output)
    assert np.array_equal(made[..., 3], shown(frames)[..., 3])


@pytest.mark.parametrize("effort", [0, 1, 2])
@pytest.mark.parametrize("clear", [False, True])
@pytest.mark.parametrize(
    ("entries", "size"),
    [(1, 2), (2, 2), (3, 4), (4, 4), (5, 8), (128, 128), (129, 256), (256, 256)],
)
def test_the_table_is_the_smallest_that_fits(
    entries: int, size: int, clear: bool, effort: int, build: Callable[..., Build]
) -> None:
    """Transparent takes an entry."""
    frames = np.full((1, 16, 16, 4), 255, np.uint8)
    frames[0, ..., 0] = np.arange(256).reshape(16, 16) % entries
    if clear:
        frames[0, frames[0, ..., 0] == entries - 1] = 0
    file = build("gif", native=True).run(rgba(frames, effort=effort)).output
    flags = file[10]  # of the logical screen descriptor: that there is a table, and its size
    assert flags & 0x80
    assert 2 << (flags & 7) == size
    assert np.array_equal(agreed(file)[0], shown(frames))


@pytest.mark.parametrize("tags", BUILDS)
@pytest.mark.parametrize("animation", list(generated()), ids=lambda animation: animation.name)
def test_indexed_animations(
    animation: Animation, tags: tuple[str, ...], build: Callable[..., Build]
) -> None:
    run = build("gif", *tags, native=True).run(indexed(animation, 1))
    assert run.status == 0, run.message
    assert np.array_equal(agreed(run.output)[0], shown(coloured(animation)))

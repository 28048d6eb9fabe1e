"""Three independent decoders show the frames that were given, whatever their size and colours."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from urllib.request import Request, urlopen

import numpy as np
import pytest
from tests.guest.animations import Animation
from tests.guest.programs import Build, Pixels, coloured, played, rgba, serving, shown

Make = Callable[[np.random.Generator], Pixels]


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


@pytest.mark.parametrize("effort", [0, 1, 2])
@pytest.mark.parametrize("name", CASES)
def test_odd_animations(
    name: str, effort: int, build: Callable[..., Build], gifsicle: str, tmp_path: Path
) -> None:
    frames = CASES[name](np.random.default_rng(1))
    run = build("gif", native=True).run(rgba(frames, delay=50, effort=effort))
    assert run.status == 0, run.message
    by_pillow, delays = played(run.output)
    assert np.array_equal(by_pillow, shown(frames))
    assert delays == [50] * len(frames)
    # gifsicle decodes every image and writes it anew.
    file = tmp_path / "rewritten.gif"
    argv = [gifsicle, "--careful", "--output", str(file)]
    done = subprocess.run(argv, input=run.output, capture_output=True, check=True)
    assert done.stderr == b""
    assert np.array_equal(played(file.read_bytes())[0], shown(frames))


def test_go_shows_each_frame(
    build: Callable[..., Build], animations: tuple[Animation, ...]
) -> None:
    chosen = [animation for animation in animations if animation.frames[0].size < 20000]
    assert chosen
    with serving(build("gifd", native=True).path) as address:
        for animation in chosen:
            frames = coloured(animation)
            for number in (0, len(frames) - 1):
                request = Request(
                    f"{address}?frame={number}", rgba(frames, delay=50), method="POST"
                )
                with urlopen(request) as answer:
                    assert answer.headers["Content-Type"] == "image/png"
                    picture, _ = played(answer.read())
                assert np.array_equal(picture[0], shown(frames)[number]), animation.name

"""Memory doesn't grow with the number of frames: 1,000 of 640x480 pass within 16 MiB."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.guest import programs
from tests.guest.programs import Build, Pixels, message, run_wasm
from tests.guest.test_tinygo import TINYGO, compile_with

WIDTH, HEIGHT = 640, 480
MOST_BYTES = 16 << 20


def frame(number: int) -> Pixels:
    """A square that wanders over a pattern."""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    pixels = np.full((HEIGHT, WIDTH, 4), 255, np.uint8)
    pixels[..., 0] = x // 8 ^ y // 8
    left, top = number * 7 % (WIDTH - 80), number * 3 % (HEIGHT - 80)
    pixels[top : top + 80, left : left + 80, :3] = 200 + number % 50
    return pixels


def animation(count: int, effort: int) -> Iterator[bytes]:
    """The program's input, a frame at a time: 1,000 frames are 1.2 GB."""
    size: dict[str, object] = {"width": WIDTH, "height": HEIGHT, "frames": count}
    yield message(size | {"effort": effort}, b"")
    for number in range(count):
        yield frame(number).tobytes()


def memory_of(module: Path, count: int, effort: int) -> int:
    """The bytes of wasm memory in use after so many frames, which the last one shows were read."""
    run = run_wasm(module, animation(count, effort))
    assert run.status == 0, run.message
    with Image.open(io.BytesIO(run.output)) as picture:
        assert getattr(picture, "n_frames", 1) == count
        picture.seek(count - 1)
        assert np.array_equal(np.asarray(picture.convert("RGBA")), frame(count - 1))
    return run.memory


@pytest.mark.long
@pytest.mark.parametrize("effort", [0, 1, 2])
def test_by_standard_go(effort: int, build: Callable[..., Build], tmp_path: Path) -> None:
    """Beyond what an empty program has; the heap after frame 1,000 is that after frame 10."""
    module = build("gif").path
    after = {count: memory_of(module, count, effort) for count in (10, 1000)}
    assert after[1000] == after[10]
    assert after[1000] - run_wasm(programs.empty(tmp_path), b"").memory <= MOST_BYTES


@pytest.mark.long
@pytest.mark.skipif(TINYGO is None, reason="needs TinyGo")
@pytest.mark.parametrize("effort", [0, 1, 2])
def test_by_tinygo(effort: int, tmp_path: Path) -> None:
    module = tmp_path / "gif.wasm"
    compile_with("-o", str(module), "./cmd/gif")
    after = {count: memory_of(module, count, effort) for count in (10, 1000)}
    assert after[1000] == after[10]
    assert after[1000] <= MOST_BYTES

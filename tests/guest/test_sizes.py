"""Files are no larger than what gifsicle -O3 makes of the same indexed frames."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest
from tests.guest.animations import Animation
from tests.guest.decoders import agreed
from tests.guest.programs import Build, coloured, indexed, shown
from tests.guest.real import collected


def compare(program: Build, animations: Iterable[Animation], gifsicle: str) -> None:
    """Each animation at most 1.02 times gifsicle's file, and all together no larger."""
    ours = theirs = default = 0
    for animation in animations:
        whole, usual, best = (program.run(indexed(animation, effort)) for effort in range(3))
        optimized = subprocess.run(
            [gifsicle, "-O3"], input=whole.output, capture_output=True, check=True
        ).stdout
        frames = shown(coloured(animation))
        for run in (whole, usual, best):
            assert run.status == 0, run.message
            assert np.array_equal(agreed(run.output)[0], frames), animation.name
        assert len(best.output) <= 1.02 * len(optimized), animation.name
        ours += len(best.output)
        default += len(usual.output)
        theirs += len(optimized)
    assert 0 < ours <= theirs
    assert default <= 1.05 * ours


def test_best_effort_on_generated_animations(
    build: Callable[..., Build], animations: tuple[Animation, ...], gifsicle: str
) -> None:
    assert len(animations) >= 12
    compare(build("gif", native=True), animations, gifsicle)


@pytest.mark.long
def test_best_effort_on_real_animations(
    build: Callable[..., Build], gifsicle: str, tmp_path: Path
) -> None:
    compare(build("gif", native=True), collected(tmp_path), gifsicle)


def test_frames_come_out_in_the_memory_of_a_few(build: Callable[..., Build]) -> None:
    """The number of frames doesn't move the memory of the module."""
    rng = np.random.default_rng(1)
    frame = rng.integers(0, 100, (40, 60), dtype=np.uint8)
    palette = rng.integers(0, 256, (256, 3), dtype=np.uint8)
    memory = set()
    for count in (10, 300):
        frames = np.stack([np.roll(frame, n, axis=1) for n in range(count)])
        run = build("gif").run(indexed(Animation("", palette, frames), 1))
        assert run.status == 0, run.message
        memory.add(run.memory)
    assert len(memory) == 1

"""The committed smoke input gives the committed picture, which its recipe makes."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from shutil import copy

import numpy as np
import pytest
from PIL import Image
from tests.guest.decoders import agreed
from tests.guest.programs import Build, played

SMOKE = Path(__file__).parents[2] / "config" / "smoke"


def test_the_recipe_makes_the_committed_files(tmp_path: Path) -> None:
    copy(SMOKE / "make.py", tmp_path)
    subprocess.run([sys.executable, str(tmp_path / "make.py")], check=True)
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    committed = {path.name: path.read_bytes() for path in SMOKE.iterdir() if path.is_file()}
    assert made.keys() == committed.keys()
    for name, content in committed.items():
        if name.endswith(".png"):
            # Compressors differ between versions of Pillow; pixels don't.
            frames, shown_for = played(content)
            again, again_for = played(made[name])
            assert np.array_equal(again, frames)
            assert again_for == shown_for
        else:
            assert made[name] == content


@pytest.mark.parametrize("name", ["noise", "gradient", "header", "options", "palette", "palettes"])
def test_the_program_shows_what_was_drawn(name: str, build: Callable[..., Build]) -> None:
    run = build("gif", "quantize", native=True).run((SMOKE / f"{name}.bin").read_bytes())
    assert (run.status, run.message) == (0, "")
    frames, delays = agreed(run.output)
    expected, shown_for = played((SMOKE / f"{name}.png").read_bytes())
    most = 8 if name == "gradient" else 0  # it has more colours than a GIF
    assert np.abs(frames.astype(int) - expected).max() <= most
    assert delays == shown_for == [100] * len(frames)


def test_the_program_makes_the_picture(build: Callable[..., Build]) -> None:
    run = build("gif").run((SMOKE / "squares.bin").read_bytes())
    assert (run.status, run.message) == (0, "")
    assert run.output.startswith(b"GIF89a")
    assert run.output.endswith(b"\x3b")
    frames, delays = agreed(run.output)
    expected, shown_for = played((SMOKE / "squares.png").read_bytes())
    assert np.array_equal(frames, expected)
    assert delays == shown_for == [90] * 5
    with Image.open(io.BytesIO(run.output)) as picture:
        assert picture.info["loop"] == 0


def test_the_native_program_makes_the_same_file(build: Callable[..., Build]) -> None:
    stdin = (SMOKE / "squares.bin").read_bytes()
    assert build("gif", native=True).run(stdin).output == build("gif").run(stdin).output

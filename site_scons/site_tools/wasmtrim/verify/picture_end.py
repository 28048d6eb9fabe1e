"""Where a picture ends by its own format, so that bytes behind it are seen, whatever they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

_PNG_SIGNATURE_BYTES: Final = 8
_CHUNK_BYTES: Final = 12  # length, type and checksum around the data


def _png(data: bytes) -> int:
    """The byte after the chunk IEND (PNG specification, section 5.3)."""
    at = _PNG_SIGNATURE_BYTES
    while at + _CHUNK_BYTES <= len(data):
        kind = data[at + 4 : at + 8]
        at += _CHUNK_BYTES + int.from_bytes(data[at : at + 4], "big")
        if kind == b"IEND":
            return at
    return len(data) + 1


def _webp(data: bytes) -> int:
    """RIFF counts what follows its first 8 bytes, padded to an even number (RFC 9649, 2.3)."""
    size = int.from_bytes(data[4:8], "little")
    return 8 + size + size % 2


def _bmp(data: bytes) -> int:
    """The size in the file header (BITMAPFILEHEADER.bfSize)."""
    return int.from_bytes(data[2:6], "little")


_ENDS: Final[dict[str, Callable[[bytes], int]]] = {"PNG": _png, "WEBP": _webp, "BMP": _bmp}


def fault(data: bytes, form: str) -> str:
    """Say how a file ends otherwise than its format says; "" where it doesn't, or says nothing."""
    if form not in _ENDS:
        return ""
    end = _ENDS[form](data)
    return beyond(len(data) - end) if end <= len(data) else "is cut short"


def beyond(count: int) -> str:
    """Say how many bytes follow the end; "" for none."""
    return f"has {count:,} bytes after its end" if count else ""

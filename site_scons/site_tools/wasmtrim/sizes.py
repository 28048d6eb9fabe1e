"""What a module weighs: as it is, under gzip and under brotli."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from wasmtrim import records
from wasmtrim.records.fields import Metric

GZIP_LEVEL = 9
BROTLI_QUALITY = 11
QUICK_QUALITY = 6  # takes a sixtieth of the time, for modules that do not ship


@dataclass(frozen=True)
class Compressed:
    """A file in its compressed forms: those that are weighed."""

    gzip: bytes
    brotli: bytes


def compress(module: bytes) -> Compressed:
    """Compress a file: gzip at level 9 with mtime 0, brotli at quality 11.

    By libraries of our own choice, since the host's zlib gives other bytes on another platform.
    """
    return Compressed(gzip(module), brotli(module))


def gzip(data: bytes) -> bytes:
    """Compress a file by gzip alone."""
    import deflate

    return bytes(deflate.gzip_compress(data, GZIP_LEVEL))


def brotli(data: bytes, quality: int = BROTLI_QUALITY) -> bytes:
    """Compress a file by brotli alone."""
    import brotli

    return bytes(brotli.compress(data, quality=quality))


def measure(module: bytes, packed: Compressed | None = None) -> records.FileSize:
    """Weigh a file; `packed` are its compressed forms, where they are there already."""
    packed = packed or compress(module)
    return records.FileSize(len(module), len(packed.gzip), len(packed.brotli), sha256(module))


def estimate(module: bytes, gzipped: int | None = None) -> records.FileSize:
    """Measure a file that does not ship: under brotli at QUICK_QUALITY, where it is larger.

    `gzipped` is its size under gzip, where that is known already.
    """
    gzipped = len(gzip(module)) if gzipped is None else gzipped
    return records.FileSize(len(module), gzipped, quick(module), sha256(module), brotli_exact=False)


def quick(module: bytes) -> int:
    """Return a file's size under brotli at QUICK_QUALITY."""
    return len(brotli(module, QUICK_QUALITY))


def weigh(data: bytes, metric: Metric) -> int:
    """Return one size of a file, in bytes, as `measure` does."""
    match metric:
        case "raw":
            return len(data)
        case "gzip":
            return len(gzip(data))
        case "brotli":
            return len(brotli(data))


def sha256(data: bytes) -> str:
    """Return the digest that records name a file by."""
    import hashlib  # loads OpenSSL

    return hashlib.sha256(data).hexdigest()


@cache
def compressors() -> dict[str, str]:
    """Name the libraries and settings that measure: another version may measure otherwise."""
    from importlib.metadata import version

    return {
        "gzip": f"deflate {version('deflate')}, level {GZIP_LEVEL}",
        "brotli": f"brotli {version('brotli')}, quality {BROTLI_QUALITY}",
    }
